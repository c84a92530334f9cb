"""How somebody is reached whose words were typed in: by what they gave, or not at all."""

from __future__ import annotations

import pytest

from bot.model import Address, ChannelName
from bot.records import Reach
from tests.staff.fakes import FakeStore, a_task, an_experience
from tests.staff.page import Browser


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (Address("tel", "+447700900123"), "+447700900123"),
        (Address("email", "mum@family.example"), "mum@family.example"),
        (Address("byhand", "5f0c3a1e"), "They left no number and no address."),
    ],
)
def test_what_they_gave_is_shown_and_a_made_up_address_is_not(
    jo: Browser, store: FakeStore, address: Address, shown: str
) -> None:
    store.put(an_experience("HERON 100", channel="byhand", tasks=(a_task("ring back"),)))
    store.reaches["HERON 100"] = Reach(channel=ChannelName("byhand"), address=address)
    jo.open("/staff/experiences/HERON-100")
    page = jo.press("/reach", {"why": "To ring back."})

    assert shown in page.main
    assert "5f0c3a1e" not in page.html
    assert "Entered by hand" in page.main
    assert "Letter or paper form, said on Fri 20 Nov" in page.main
