"""Wishes to be deleted that Facebook handed on: listed, and marked as done with a name and a time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.deletions import Deletion
from bot.model import ChannelName
from tests.staff.fakes import NOW, FakeStore
from tests.staff.page import Browser


@pytest.fixture
def wish(store: FakeStore) -> Deletion:
    wish = Deletion(code="AB12-CD34", channel=ChannelName("messenger"), asked_at=NOW - timedelta(hours=2))
    store.said.wishes[wish.code] = wish
    return wish


def test_a_wish_is_listed_and_done_once(jo: Browser, store: FakeStore, wish: Deletion) -> None:
    page = jo.open("/staff/deletion-requests")
    assert "AB12-CD34" in page.main
    _, address = page.form("/done")
    page = jo.press("/done")

    assert "Done by Jo Pascoe" in page.main
    assert store.said.wishes[wish.code].done_at == NOW
    token = page.find("input", name="csrf_token").get("value")
    assert jo.client.post(address, data={"csrf_token": token}).status_code == 303
    assert store.actions() == ["finish_deletion_request"]


def test_a_code_that_is_not_there_is_not_found(jo: Browser, store: FakeStore) -> None:
    page = jo.open("/staff/deletion-requests")
    assert "Nobody has asked." in page.main
    token = page.find("input", name="csrf_token").get("value")

    for code in ("XXXX-0000", "%00", "x" * 300):
        assert jo.client.post(f"/staff/deletion-requests/{code}/done", data={"csrf_token": token}).status_code == 404
    assert store.lines == []
