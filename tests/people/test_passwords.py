"""What a password must be, and that a flood of them takes neither the cores nor the threads."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from time import thread_time

import pytest

from app.errors import CheerboardError, UnavailableError
from app.people import passwords
from app.people.passwords import check_password, hash_password, is_outdated, is_password
from tests.patience import PATIENCE


@pytest.fixture(autouse=True)
def quick_passwords() -> Iterator[None]:
    """Not here: these take what they take in earnest."""
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "10 characters or more"),
        ("", "10 characters or more"),
        ("uma@example.com", "not be the e-mail"),
        ("UMA@Example.com", "not be the e-mail"),
        ("abababababab", "four different"),
        ("x" * 1001, "1000 characters at most"),
    ],
)
def test_weak_ones_are_refused(password: str, why: str) -> None:
    with pytest.raises(CheerboardError, match=why):
        check_password(password, "uma@example.com")


def test_the_part_before_the_at_is_no_password() -> None:
    with pytest.raises(CheerboardError, match="not be the e-mail"):
        check_password("uma.peterson", "uma.peterson@example.com")


def test_any_script_and_any_length_that_is_long_enough() -> None:
    for password in ("nine lives and a hat", "密码密码三四五六七八九", "x1y2" * 250):
        check_password(password, "uma@example.com")
        assert is_password(hash_password(password), password)


def test_owasps_floor_of_argon2id() -> None:
    kept = hash_password("nine lives and a hat")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not is_outdated(kept)
    assert is_outdated(kept.replace("t=2", "t=1"))


def test_two_spellings_of_one_letter_are_one_password() -> None:
    assert is_password(hash_password("cafe\u0301 au lait"), "café au lait")


def test_an_unknown_account_takes_as_long_as_a_known_one() -> None:
    """The same work in one run: a verification of the same cost either way."""
    kept = hash_password("nine lives and a hat")
    is_password(None, "warm")
    known: list[float] = []
    unknown: list[float] = []
    for _ in range(7):
        for hash_of, times in ((kept, known), (None, unknown)):
            start = thread_time()
            assert not is_password(hash_of, "a wrong password")
            times.append(thread_time() - start)
    assert 0.5 < median(unknown) / median(known) < 2


@pytest.mark.parametrize("kept", [None, "", "nonsense", "$argon2id$v=19$broken"])
def test_no_hash_no_entry(kept: str | None) -> None:
    assert not is_password(kept, "nobody's password")


def test_two_hash_ten_wait_and_the_rest_come_back_later(monkeypatch: pytest.MonkeyPatch) -> None:
    inside, most, lock, go = 0, 0, threading.Lock(), threading.Event()

    def slow(*_: object) -> bool:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        go.wait(PATIENCE)
        with lock:
            inside -= 1
        return True

    monkeypatch.setattr(passwords, "_hasher", type("Slow", (), {"verify": staticmethod(slow)}))
    with ThreadPoolExecutor(20) as pool:
        running = [pool.submit(is_password, "kept", f"{n}") for n in range(10)]
        while inside < 2 or passwords._waiting._value > 0:
            time.sleep(0.001)
        refused = [pool.submit(is_password, "kept", "late") for _ in range(5)]
        while sum(f.done() for f in refused) < 5:
            time.sleep(0.001)
        go.set()
        assert all(f.result() for f in running)
    assert most == 2
    assert all(isinstance(f.exception(), UnavailableError) for f in refused)
