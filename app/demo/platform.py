"""A simulated survey platform: signs what it posts, to the real endpoint, as customers come by."""

import base64
import hashlib
import hmac
import http.client
import json
import logging
import random
import threading
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app import clock
from app.demo import voices
from app.demo.company import COLLEAGUES, SURVEY, Keys

log = logging.getLogger("cheerboard")

# Seconds between two customers, on average and at most, before `speed`.
PAUSE, LONGEST = 3.5, 8.0
# So many give the score first and write while we already have it.
SECOND_THOUGHTS = 0.25
RETRY_SECONDS = 0.5


class Platform(threading.Thread):
    """Posts until told to stop."""

    def __init__(self, port: int, keys: Keys, speed: float, dice: random.Random) -> None:
        super().__init__(name="demo-platform", daemon=True)
        self.port, self.keys, self.speed, self.dice = port, keys, speed, dice
        self.ended = threading.Event()
        self.number = 0
        self.unfinished: list[tuple[datetime, dict[str, Any]]] = []

    def run(self) -> None:
        while not self.ended.is_set():
            self._customer()
            pause = min(self.dice.expovariate(1 / PAUSE), LONGEST) / self.speed
            self.ended.wait(pause)

    def stop(self) -> None:
        self.ended.set()

    def _customer(self) -> None:
        now = clock.now()
        due = [one for one in self.unfinished if one[0] <= now]
        for waiting in due:
            self.unfinished.remove(waiting)
            self._post(waiting[1] | {"updated_at": now.isoformat()})
        answer = self._answer(now)
        if answer["comment"] and self.dice.random() < SECOND_THOUGHTS:
            writing = timedelta(seconds=self.dice.uniform(4, 15) / self.speed)
            self.unfinished.append((now + writing, dict(answer)))
            answer["comment"] = None
        self._post(answer)

    def _answer(self, now: datetime) -> dict[str, Any]:
        self.number += 1
        colleague = self.dice.choices(COLLEAGUES, [one.busy for one in COLLEAGUES])[0]
        given = voices.score(self.dice, colleague.warmth + 0.07)
        name, email = voices.customer(self.dice)
        return {
            "response_id": f"live-{self.number}",
            "score": given,
            "comment": voices.comment(self.dice, given, colleague.name),
            "name": name,
            "email": email,
            "submitted_at": now.isoformat(),
            "survey_id": SURVEY,
            "channel": self.dice.choice(("email", "sms", "tablet")),
            "attributes": {"employee": colleague.name, "store": colleague.site},
        }

    def _post(self, answer: Mapping[str, Any]) -> None:
        """As a platform does: the same delivery again until it was taken."""
        body = json.dumps(answer, ensure_ascii=False).encode()
        message_id = f"msg_{uuid.UUID(int=self.dice.getrandbits(128)).hex}"
        while not self.ended.is_set():
            try:
                status = self._send(body, message_id)
            except OSError:
                status = 503
            if status < 500:
                if status >= 400:
                    log.error("The demo's delivery was refused with %s.", status)
                return
            self.ended.wait(RETRY_SECONDS)

    def _send(self, body: bytes, message_id: str) -> int:
        headers = signed(body, message_id, self.keys.secret, int(clock.now().timestamp()))
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("POST", self.keys.hook_path, body, headers)
            return connection.getresponse().status
        finally:
            connection.close()


def signed(body: bytes, message_id: str, secret: str, at: int) -> dict[str, str]:
    """The headers of Standard Webhooks; `at` in unix seconds."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    proof = hmac.new(key, b"%s.%d.%s" % (message_id.encode(), at, body), hashlib.sha256).digest()
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": "v1," + base64.b64encode(proof).decode(),
    }
