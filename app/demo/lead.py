"""A lead who now and then releases a story, thanks somebody, and rings unhappy customers back."""

import http.client
import json
import logging
import random
import re
import threading
from typing import Any

from app.demo import voices
from app.demo.company import LEAD_EMAIL, Keys
from app.demo.desk import Desk

log = logging.getLogger("cheerboard")

PAUSE = 25.0
# So many stay in the queue, and on the list of calls, for whoever tries the desk.
LEFT_WAITING = 3
LEFT_TO_RING = 5
# Presses in one sitting: somewhat more than new cases need.
RINGS = 6
THANKS = 0.04
CASE = re.compile(r'<a class="case[^"]*" href="/followups/(\d+)"')


class Lead(threading.Thread):
    """At the desk every half minute or so, until told to stop."""

    def __init__(self, port: int, keys: Keys, speed: float, dice: random.Random) -> None:
        super().__init__(name="demo-lead", daemon=True)
        self.port, self.token, self.speed, self.dice = port, keys.token, speed, dice
        self.desk = Desk(port, LEAD_EMAIL, keys.password)
        self.people = keys.people
        # Nobody reads the same thanks twice.
        self.thanks = dice.sample(voices.THANKS, len(voices.THANKS))
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(PAUSE * self.dice.uniform(0.6, 1.4) / self.speed):
            try:
                self._read_the_queue()
                self._ring_back()
                if self.thanks and self.dice.random() < THANKS:
                    self._thank()
            except OSError:
                log.info("The demo's lead could not reach the server; later again.")

    def stop(self) -> None:
        self.ended.set()

    def _read_the_queue(self) -> None:
        waiting = self._ask("GET", "/stories?state=candidate").get("items", [])
        if len(waiting) > LEFT_WAITING:
            chosen = self.dice.choice(waiting)
            self._ask("POST", f"/stories/{chosen['id']}/release")

    def _ring_back(self) -> None:
        """The most urgent first; most are reached, some need a second call, a few never answer."""
        cases = CASE.findall(self.desk.get("/followups"))
        for case in cases[:RINGS] if len(cases) > LEFT_TO_RING else ():
            if self.ended.is_set():
                return
            page = self.desk.get(f"/followups/{case}")
            luck = self.dice.random()
            step = "try" if luck < 0.3 else "drop" if luck > 0.97 else "reach"
            if not self.desk.press(page, f"/followups/{case}/solve"):
                self.desk.press(page, f"/followups/{case}/{step}")

    def _thank(self) -> None:
        """A few times only: a giver has five a month."""
        chosen = {"person": str(self.dice.choice(self.people)), "badge": ""}
        self._ask("POST", "/nominations", chosen | {"reason": self.thanks.pop()})

    def _ask(self, method: str, path: str, body: dict[str, str] | None = None) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
            sent = None if body is None else json.dumps(body)
            connection.request(method, f"/api/v1{path}", sent, headers)
            answer: dict[str, Any] = json.loads(connection.getresponse().read())
            return answer
        finally:
            connection.close()
