"""What travels to a screen: one JSON envelope, encoded once for everybody who gets it. Pure."""

import json
import struct
from collections.abc import Mapping
from datetime import datetime
from typing import Any

FRAME_BYTES = 16 * 1024
SNAP_BYTES = 48 * 1024

# An ASGI message, shared by all sockets; nobody may change it.
Message = dict[str, Any]


def stamp(at: datetime) -> str:
    """ISO 8601 in UTC with milliseconds: what a screen sets its clock by."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seal(envelope: Mapping[str, Any]) -> Message:
    """The envelope as a message ready to send.

    Beside the text it carries the finished websocket frame, which our protocol class (wire.py)
    writes as it is; any other server ignores that key and frames the text itself.
    """
    text = json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))
    return {"type": "websocket.send", "text": text, "cheerboard.frame": _framed(text.encode())}


def size(message: Message) -> int:
    """Bytes on the wire."""
    return len(message["cheerboard.frame"])


def _framed(payload: bytes) -> bytes:
    """One unfragmented, unmasked text frame (RFC 6455, section 5.2)."""
    length = len(payload)
    if length < 126:
        head = struct.pack("!BB", 0x81, length)
    elif length < 1 << 16:
        head = struct.pack("!BBH", 0x81, 126, length)
    else:
        head = struct.pack("!BBQ", 0x81, 127, length)
    return head + payload


def partials(parts: Mapping[str, str]) -> str:
    """Each part as htmx wants it: the inside of the element `slot-<name>`, morphed in place."""
    return "".join(
        f'<hx-partial hx-target="#slot-{name}" hx-swap="innerMorph">{html}</hx-partial>'
        for name, html in parts.items()
    )
