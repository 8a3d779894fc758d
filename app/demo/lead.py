"""A lead who now and then reads the queue and lets the wall show a story, through the API."""

import http.client
import json
import logging
import random
import threading
from typing import Any

log = logging.getLogger("cheerboard")

PAUSE = 25.0
# So many stay in the queue for whoever tries the desk.
LEFT_WAITING = 3


class Lead(threading.Thread):
    """Releases a candidate every half minute or so, until told to stop."""

    def __init__(self, port: int, token: str, speed: float, dice: random.Random) -> None:
        super().__init__(name="demo-lead", daemon=True)
        self.port, self.token, self.speed, self.dice = port, token, speed, dice
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(PAUSE * self.dice.uniform(0.6, 1.4) / self.speed):
            try:
                self._read_the_queue()
            except OSError:
                log.info("The demo's lead could not reach the server; later again.")

    def stop(self) -> None:
        self.ended.set()

    def _read_the_queue(self) -> None:
        waiting = self._ask("GET", "/stories?state=candidate").get("items", [])
        if len(waiting) > LEFT_WAITING:
            chosen = self.dice.choice(waiting)
            self._ask("POST", f"/stories/{chosen['id']}/release")

    def _ask(self, method: str, path: str) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            headers = {"authorization": f"Bearer {self.token}"}
            connection.request(method, f"/api/v1{path}", headers=headers)
            answer: dict[str, Any] = json.loads(connection.getresponse().read())
            return answer
        finally:
            connection.close()
