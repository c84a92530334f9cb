"""The same person on two doors: by a code they send themselves, and never by a guess. And the link to what we hold.

The dialogue says what is wished for; what a code leads to is found out here, before the turn is committed. Nothing is
joined until then, and where the commit does not come about the code is good again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace

from bot.conversation import JoinContact, OfferCode, OfferMyData, Say, Turn, UseCode
from bot.errors import StoreUnavailable
from bot.model import Address
from bot.mydata import MyDataLinks
from bot.offering import LINK
from bot.resuming import Resuming, TooManyTriesError

OFFER = "link.offer"
DONE = "link.done"
FAILED = "link.failed"
"""One text for every code that leads nowhere: who guesses does not learn why."""


class Linking:
    """Stands between a turn as the dialogue took it and its commit."""

    def __init__(self, resuming: Resuming, my_data: MyDataLinks) -> None:
        self._resuming = resuming
        self._my_data = my_data

    @contextmanager
    def settled(self, turn: Turn, address: Address) -> Iterator[Turn]:
        """The turn with its codes drawn and looked up; ``address`` is where its person is reached. Around the commit.

        Has transactions of its own, so no other may be open. Raises ``StoreUnavailable``.
        """
        used = self._used(turn, address)
        try:
            yield self._offered(_answered(turn, used), address)
        except BaseException:
            for code, leads_to in used.items():
                with suppress(StoreUnavailable):
                    self._resuming.give_back(code, leads_to)
            raise

    def _used(self, turn: Turn, address: Address) -> dict[str, Address]:
        """Each code that was good, and where it leads."""
        used: dict[str, Address] = {}
        for effect in turn.effects:
            if isinstance(effect, UseCode) and (leads_to := self._lookup(effect.said, address)) is not None:
                used[effect.said] = leads_to
        return used

    def _lookup(self, said: str, address: Address) -> Address | None:
        try:
            leads_to = self._resuming.resume(said, who=str(address))
        except TooManyTriesError:
            return None
        if leads_to == address:  # sent back from where it was given; it is still good from elsewhere
            self._resuming.give_back(said, leads_to)
            return None
        return leads_to

    def _offered(self, turn: Turn, address: Address) -> Turn:
        if any(isinstance(effect, OfferCode) for effect in turn.effects):
            code = self._resuming.offer(address)
            turn = replace(turn, says=tuple(_with(say, code=code) if say.key == OFFER else say for say in turn.says))
        if any(isinstance(effect, OfferMyData) for effect in turn.effects):
            link = self._my_data.draw(address, turn.conversation.locale)
            turn = replace(
                turn, says=tuple(_with(say, my_data_url=link) if LINK in say.key.split("+") else say for say in turn.says)
            )
        return turn


def joined_to(turn: Turn) -> Sequence[Address]:
    """Whose locks the commit of this turn needs beside that of its own contact."""
    return [effect.address for effect in turn.effects if isinstance(effect, JoinContact)]


def _answered(turn: Turn, used: dict[str, Address]) -> Turn:
    if not any(isinstance(effect, UseCode) for effect in turn.effects):
        return turn
    joins = [JoinContact(leads_to) for leads_to in used.values()]
    says = turn.says if joins else tuple(replace(say, key=FAILED) if say.key == DONE else say for say in turn.says)
    # First of all: what the turn does besides (a STOP) is for both doors.
    return replace(turn, says=says, effects=(*joins, *turn.effects))


def _with(say: Say, **values: str) -> Say:
    return replace(say, values={**say.values, **values})
