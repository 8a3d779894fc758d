"""The demo from first to last: a folder that goes away, a company, a server, customers."""

import random
import signal
import tempfile
from pathlib import Path

from app import console
from app.db import connect
from app.demo import company, history
from app.demo.lead import Lead
from app.demo.platform import Platform
from app.migrations import migrate
from app.server import serve
from app.settings import Settings


def run(port: int | None = None, speed: float = 1.0) -> None:
    """Until Ctrl-C or SIGTERM. `speed` is how many times faster customers answer."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with tempfile.TemporaryDirectory(prefix="cheerboard-demo-") as folder:
            _run(_settings(Path(folder), port), speed)
    except KeyboardInterrupt:
        console.say("The demo ended before it began.")


def _settings(folder: Path, port: int | None) -> Settings:
    """The real settings, but for a throw-away database and open boards."""
    return Settings(
        data_dir=folder,
        database_url=f"sqlite:///{folder / 'cheerboard.db'}",
        base_url="",
        open_boards=True,
        port=Settings().port if port is None else port,
    )


def _run(settings: Settings, speed: float) -> None:
    console.say("Inventing a company and thirteen weeks of its customers …")
    dice = random.Random()
    keys = _prepare(settings, dice)
    busy: list[Platform | Lead] = []

    def begin(port: int) -> None:
        _introduce(settings.model_copy(update={"port": port}), keys)
        busy.append(Platform(port, keys, speed, dice))
        busy.append(Lead(port, keys, speed, random.Random()))
        for one in busy:
            one.start()

    try:
        serve(settings, on_listening=begin)
    finally:
        for one in busy:
            one.stop()
        for one in busy:
            one.join(timeout=6)


def _prepare(settings: Settings, dice: random.Random) -> company.Keys:
    database = connect(settings.database)
    try:
        migrate(database)
        keys = company.found(database, settings)
        history.write(database, keys, dice)
    finally:
        database.dispose()
    return keys


def _introduce(settings: Settings, keys: company.Keys) -> None:
    console.say("")
    console.say(f"  TV       {console.address(settings, f'/tv/{company.SLUG}')}")
    console.say(f"  Desk     {console.address(settings, '/')}")
    console.say(f"  Sign in  {company.LEAD_EMAIL}   password {keys.password}")
    console.say("")
    console.say("Customers answer all the time. Ctrl-C ends the demo; nothing stays behind.")
