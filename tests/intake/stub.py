"""A stub of a platform's API: a small server on this machine that says what was recorded."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PROOFS = ("Authorization", "X-API-TOKEN", "x-api-key")
REST = Path(__file__).parent / "rest"


@dataclass(frozen=True)
class Said:
    """One answer over HTTP; a body of bytes goes out as it is."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Mood = Callable[[str], Said | None]


@dataclass
class Stub:
    """`documents` by path, query included or not. A `mood` comes first: what it says, is said.

    `calls` are the paths that were asked for, `hosts` under which names, `tokens` what proved who
    asked.
    """

    base: str
    documents: dict[str, Any] = field(default_factory=dict)
    mood: Mood | None = None
    calls: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    hosts: list[str] = field(default_factory=list)

    def answer(self, path: str) -> Said:
        self.calls.append(path)
        said = self.mood(path) if self.mood else None
        if said is not None:
            return said
        document = self.documents.get(path, self.documents.get(path.partition("?")[0]))
        return Said(document) if document is not None else Said({"error": "gone"}, 404)


def recorded(name: str) -> Any:
    return json.loads((REST / f"{name}.json").read_text())


@contextmanager
def running() -> Iterator[Stub]:
    """Listens on a free port of this machine until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            given = (self.headers.get(name) for name in PROOFS)
            stub.tokens.update(value for value in given if value)
            stub.hosts.append(self.headers["Host"])
            said = stub.answer(self.path)
            body = said.body if isinstance(said.body, bytes) else json.dumps(said.body).encode()
            self.send_response(said.status)
            for name, value in {"Content-Type": "application/json", **said.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:  # they hung up, as they should on a body too large
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    stub = Stub(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
