"""Leases of the dead are freed at once; those of the living are left alone."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from bot.errors import LeaseLost
from bot.ports import Store
from tests.storage.made_up import BORIS, NOW
from tests.storage.scene import Scene


@pytest.fixture
def dead() -> int:
    """The number of a process that has just ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_turn_held_by_a_dead_worker_is_free_at_once(store: Store, scene: Scene, dead: int) -> None:
    scene.accepts()
    scene.must_claim(f"host:{dead}")

    store.release_dead(f"host:{os.getpid()}")

    assert [stored.attempts for stored in scene.must_claim(now=NOW).messages] == [2]


def test_a_row_a_dead_sender_held_is_asked_about_at_once(store: Store, scene: Scene, dead: int) -> None:
    scene.says()
    scene.must_take_out(f"host:{dead}/3")

    store.release_dead(f"host:{os.getpid()}")

    assert scene.must_take_out(now=NOW).was_sending


@pytest.mark.parametrize("owner", ["host:{alive}", "host:{alive}/2", "elsewhere:{dead}", "host:none", "host", "host:1"])
def test_leases_of_the_living_and_of_other_machines_stay(store: Store, scene: Scene, dead: int, owner: str) -> None:
    worker = owner.format(alive=os.getppid(), dead=dead)
    scene.accepts()
    scene.must_claim(worker)
    scene.says(to=BORIS)
    scene.must_take_out(worker)

    store.release_dead(f"host:{os.getpid()}")

    assert scene.claims(now=NOW) is None
    assert scene.takes_out(now=NOW) is None


def test_who_was_taken_for_dead_has_lost_the_turn(store: Store, scene: Scene, dead: int) -> None:
    """The next owner's lease is told from the freed one by name and by the tries."""
    scene.accepts()
    old = scene.must_claim(f"host:{dead}")
    store.release_dead(f"host:{os.getpid()}")
    new = scene.must_claim("host:9", now=NOW)

    with store.transaction() as tx:
        tx.hold_turn(new)
    with pytest.raises(LeaseLost), store.transaction() as tx:
        tx.hold_turn(old)


def test_freeing_nobody_is_no_trouble(store: Store) -> None:
    store.release_dead("host:1")
