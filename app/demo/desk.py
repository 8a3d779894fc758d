"""The desk as a browser without scripts uses it: sign in, look at a page, press a button of it."""

import http.client
import re
from html import unescape
from urllib.parse import urlencode

FIELD = re.compile(r'<input type="hidden" name="(csrf|version)" value="([^"]*)"')


class Desk:
    """One signed-in browser. Raises OSError when the server cannot be reached."""

    def __init__(self, port: int, email: str, password: str) -> None:
        self.port, self.email, self.password = port, email, password
        self.cookie = ""

    def get(self, path: str) -> str:
        """The page there; signs in first where that is needed."""
        status, text = self._ask("GET", path)
        if status == 303:
            self._sign_in()
            status, text = self._ask("GET", path)
        return text if status == 200 else ""

    def press(self, page: str, path: str) -> bool:
        """Sends the form of a page that leads to `path`; false when there is none any more."""
        if f'action="{path}"' not in page:
            return False
        fields = {name: unescape(value) for name, value in FIELD.findall(page)}
        status, _ = self._ask("POST", path, fields)
        return status == 303

    def _sign_in(self) -> None:
        self._ask("POST", "/signin", {"email": self.email, "password": self.password})

    def _ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        headers = {"accept": "text/html", "cookie": self.cookie}
        if fields is not None:
            headers["content-type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, urlencode(fields or {}), headers)
            answer = connection.getresponse()
            if given := answer.getheader("set-cookie"):
                self.cookie = given.partition(";")[0]
            return answer.status, answer.read().decode()
        finally:
            connection.close()
