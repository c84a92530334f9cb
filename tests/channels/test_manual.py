"""The way in that leads nowhere back: whatever should be sent is refused with its reason."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from bot.errors import ContactUnreachable
from bot.model import Address
from bot.outgoing import Outgoing, Spoken
from channels.manual import Manual, by_hand, imported


@pytest.mark.parametrize("door", [by_hand(), imported()], ids=lambda door: door.name)
def test_nothing_is_ever_said_here(door: Manual) -> None:
    outgoing = Outgoing(id=UUID(int=1), channel=door.name, address=Address(door.name, "x"), text="Hello")

    assert not door.traits.answers
    assert door.traits.settle == timedelta(0)
    assert [part.text for part in door.render(Spoken("Thank you."))] == ["Thank you."]
    with pytest.raises(ContactUnreachable, match="typed in by hand"):
        door.send(outgoing)
