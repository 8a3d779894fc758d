"""A survey platform as its user sees it, built from what was recorded: told where, it posts."""

import hmac
import json
import re
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from app import clock
from tests.intake import door
from tests.intake.recorded import Recorded

# Where a body says which event it is.
EVENTS = {
    "typeform": "event_type", "surveymonkey": "event_type", "delighted": "event_type",
    "formbricks": "event", "tally": "eventType", "satismeter": "event", "wootric": "event_name",
    "posthog": "event.event", "hubspot": "subscriptionType",
}  # fmt: skip
# What proves a delivery is made anew with the secret at hand, and is missing without one.
PROOFS = re.compile("webhook-.*|authorization|x-.*|.*signature.*|hmac", re.IGNORECASE)


class Post(NamedTuple):
    """What goes out for one customer's answer."""

    address: str
    body: bytes
    headers: dict[str, str]


@dataclass
class Vendor:
    """One platform's account of one user. `headers` are those the user added; `ticked` the events
    that were chosen, None where all are sent; the switch may have to be thrown.
    """

    case: Recorded
    secret: str = ""
    address: str = ""
    body: bytes = b""
    is_on: bool = True
    ticked: tuple[str, ...] | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def event(self) -> str | None:
        """What its recorded delivery calls itself; None where there is nothing to choose."""
        if self.case.platform == "qualtrics":
            topic = dict(parse_qsl(self.case.body.decode()))["Topic"]
            return ".".join(topic.split(".")[1:3])
        if self.case.platform == "survicate":
            return str(next(iter(json.loads(self.case.body)["event"])))
        if self.case.platform not in EVENTS:
            return None
        found = json.loads(self.case.body)
        found = found[0] if isinstance(found, list) else found
        for step in EVENTS[self.case.platform].split("."):
            found = found[step]
        return str(found)

    def answered(self) -> Post:
        """A customer answers. Fails where the platform would send nothing."""
        assert self.address, "nobody gave it an address"
        assert self.is_on, "nobody switched it on"
        if self.ticked is not None and self.event is not None:
            assert self.event in self.ticked, f"nobody ticked {self.event}"
        headers = {k: v for k, v in self.case.headers.items() if not PROOFS.fullmatch(k)}
        body, proofs = self._signed(self.body or self.case.body)
        return Post(self.address, body, headers | proofs | self.headers)

    def _signed(self, body: bytes) -> tuple[bytes, dict[str, str]]:
        """As the platform documents it; with no secret it signs nothing."""
        scheme: dict[str, Any] = self.case.facts["_signature_scheme"]
        if not self.secret or scheme["type"] in ("static_header", "url_token", "bearer"):
            return body, {}
        if scheme["type"] == "standard_webhooks":
            return body, door.signed(body, "msg_1", self.secret)
        if scheme["type"] == "hmac_in_body":
            pairs = dict(parse_qsl(body.decode(), keep_blank_values=True))
            mac = hmac.new(self.secret.encode(), pairs["MSG"].encode(), scheme["algorithm"])
            return urlencode(pairs | {scheme["field"]: mac.hexdigest()}).encode(), {}
        stamp = str(int(clock.now().timestamp() * 1000)).encode()
        words = {
            b"body": body, b"method": b"POST", b"url": self.address.encode(), b"timestamp": stamp,
        }  # fmt: skip
        text = re.sub(rb"\{(\w+)\}", lambda found: words[found[1]], scheme["signed"].encode())
        client = self.case.facts["_config"].get("client_id")
        key = f"{client}&{self.secret}" if client else self.secret
        mac = hmac.new(key.encode(), text, scheme["algorithm"])
        is_base64 = scheme["encoding"] == "base64"
        written = b64encode(mac.digest()).decode() if is_base64 else mac.hexdigest()
        proofs = {scheme["header"]: scheme["prefix"] + written}
        if "timestamp_header" in scheme:
            proofs[scheme["timestamp_header"]] = stamp.decode()
        return body, proofs
