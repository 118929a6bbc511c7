"""Hashes, weak passwords, and waiting after failures."""

import time

import pytest

pytest.importorskip("argon2", reason="the extra [serve] is not installed")

from spondyl.serve.web.auth.passwords import hashed, matches, outdated, weakness
from spondyl.serve.web.auth.throttle import Throttle


class TestHashes:
    def test_hold_their_password_and_no_other(self) -> None:
        first, second = hashed("correct horse"), hashed("correct horse")
        assert first != second
        assert first.startswith("$argon2id$")
        assert "correct" not in first
        assert matches(first, "correct horse")
        assert matches(second, "correct horse")
        assert not matches(first, "correct horsE")
        assert not outdated(first)

    @pytest.mark.parametrize("kept", [None, "", "!", "$argon2id$v=19$broken"])
    def test_nobody_matches_without_one(self, kept: str | None) -> None:
        assert not matches(kept, "nobody")

    def test_weaker_ones_are_known(self) -> None:
        from argon2 import PasswordHasher

        assert outdated(PasswordHasher(1, 8, 1).hash("x"))

    def test_unknown_names_take_as_long(self) -> None:
        kept = hashed("correct horse")
        matches(None, "warm up")

        def seconds(password_hash: str | None) -> float:
            began = time.process_time()
            matches(password_hash, "wrong")
            return time.process_time() - began

        known = min(seconds(kept) for _ in range(3))
        unknown = min(seconds(None) for _ in range(3))
        assert 0.3 < unknown / known < 3


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("elevenchars", "at least 12"),
        ("aaaabbbbcccc", "repeats"),
        ("x" * 257, "more than 256"),
        ("Annemarie-Meier123", "hardly more than the name"),
        ("long enough \ud800", "half a character"),
        ("correct horse battery", None),
        ("пароль из слов", None),
    ],
)
def test_weakness(password: str, says: str | None) -> None:
    told = weakness(password, "annemarie-meier", 12)
    assert (told is None) if says is None else (says in (told or ""))


class TestThrottle:
    def test_waits_grow_and_end(self) -> None:
        now = [0.0]
        throttle = Throttle(3, 900, lambda: now[0])
        for _ in range(3):
            assert throttle.wait_s("anna") == 0
            throttle.failed("anna")
        waits = []
        for _ in range(12):
            waits.append(throttle.wait_s("anna"))
            now[0] += waits[-1]
            assert throttle.wait_s("anna") == 0
            throttle.failed("anna")
        assert waits[:4] == [2, 4, 8, 16]
        assert max(waits) <= 900
        assert throttle.wait_s("berta") == 0
        now[0] += 901
        assert throttle.wait_s("anna") == 0

    def test_success_forgets(self) -> None:
        throttle = Throttle(1, 900, lambda: 0.0)
        throttle.failed("anna")
        assert throttle.wait_s("anna") == 2
        throttle.forget("anna")
        assert throttle.wait_s("anna") == 0

    def test_made_up_names_do_not_fill_the_memory(self) -> None:
        throttle = Throttle(1, 900, lambda: 0.0)
        for number in range(10_100):
            throttle.failed(str(number))
        assert len(throttle._failed) == 10_000
