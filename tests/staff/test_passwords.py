"""Passwords: how they are kept, and what a crowd at the door may cost."""

from __future__ import annotations

import re
from threading import Event, Thread

import pytest

from bot.errors import StoreUnavailable
from staff import passwords
from staff.passwords import Passwords, made_password
from tests.staff.fakes import a_member


def test_the_hash_is_argon2id_at_the_cost_that_was_chosen() -> None:
    assert Passwords().hash("correct horse battery").startswith("$argon2id$v=19$m=47104,t=1,p=1$")


def test_the_right_password_is_right_and_another_is_not(passwords: Passwords) -> None:
    member = a_member(password_hash=passwords.hash("correct horse battery"))

    assert passwords.is_right(member, "correct horse battery")
    assert not passwords.is_right(member, "Correct horse battery")
    assert not passwords.is_right(member, "")


def test_nobody_has_no_right_password(passwords: Passwords) -> None:
    assert not passwords.is_right(None, "correct horse battery")


def test_a_member_whose_hash_is_broken_does_not_get_in(passwords: Passwords) -> None:
    assert not passwords.is_right(a_member(password_hash="not a hash"), "correct horse battery")


def test_a_password_of_many_letters_and_lone_surrogates_is_only_wrong(passwords: Passwords) -> None:
    member = a_member(password_hash=passwords.hash("correct horse battery"))

    assert not passwords.is_right(member, "x" * 1_000_000)
    assert not passwords.is_right(member, "\ud800 horse battery")


def test_a_crowd_at_the_door_is_turned_away_rather_than_let_take_all_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_PATIENCE", 0.01)
    slow, inside, leave = Passwords(memory_kib=8), Event(), Event()

    def waits(self: Passwords, password_hash: str, password: str) -> bool:
        inside.set()
        return leave.wait(60) and False

    monkeypatch.setattr(Passwords, "_matches", waits)
    crowd = [Thread(target=slow.is_right, args=(None, "x")) for _ in range(passwords._AT_ONCE)]
    for one in crowd:
        one.start()
    assert inside.wait(60)
    try:
        while slow._places._value:
            pass
        with pytest.raises(StoreUnavailable):
            slow.is_right(None, "x")
    finally:
        leave.set()
        for one in crowd:
            one.join()


def test_a_made_password_is_long_readable_and_new_each_time() -> None:
    made = {made_password() for _ in range(50)}

    assert len(made) == 50
    assert all(re.fullmatch(r"([a-z2-9]{4}-){4}[a-z2-9]{4}", one) for one in made)
    assert not set("".join(made)) & set("ilo01")
