"""Prepared requests: distinct answers, signed as Standard Webhooks."""

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime

from tests.bench.serving import SECRET

COMMENTS = [
    None,
    None,
    "Quick and friendly.",
    "The queue was long, but the person at the desk stayed calm and solved it within minutes.",
    "Thank you for calling me back twice until the missing policy from 1998 was finally found!",
]
TEAMS = ["Claims", "Field service", "Pensions"]


def answers(count: int, *, prefix: str = "r") -> list[bytes]:
    """`count` distinct canonical bodies with scores in the proportions of an ordinary shop."""
    now = datetime.now(UTC).isoformat()  # noqa: TID251 - what a platform would send
    return [
        json.dumps(
            {
                "response_id": f"{prefix}-{number}",
                "score": (10, 9, 9, 8, 10, 7, 6, 10, 3, 9)[number % 10],
                "comment": COMMENTS[number % 5],
                "email": f"customer{number}@example.com",
                "submitted_at": now,
                "survey_id": "bench",
                "attributes": {"team": TEAMS[number % 3]},
            }
        ).encode()
        for number in range(count)
    ]


def signed(path: str, bodies: list[bytes], *, prefix: str = "msg") -> list[bytes]:
    """Whole HTTP requests for `path`, signed now."""
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    at = str(int(time.time()))
    requests = []
    for number, body in enumerate(bodies):
        name = f"{prefix}_{number}"
        mac = hmac.new(key, f"{name}.{at}.".encode() + body, hashlib.sha256).digest()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nwebhook-id: {name}\r\nwebhook-timestamp: {at}\r\n"
            f"webhook-signature: v1,{base64.b64encode(mac).decode()}\r\n\r\n"
        )
        requests.append(head.encode() + body)
    return requests
