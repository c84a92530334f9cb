"""Who would be told of an action, by which road, in what words and at what cost, as values: what is shown before a press."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from bot.model import ChannelName, Locale
from bot.roads import Cost, Person, Way


class NotTold(StrEnum):
    """Why somebody who agreed is not told, in the order in which it is looked for."""

    STOPPED = "stopped"
    MOURNING = "mourning"
    HELD = "held"
    WINDOW_SHUT = "window_shut"
    NO_WAY = "no_way"


class Asked(StrEnum):
    """On what road somebody is told. ``DIRECT``: at once. ``TEMPLATE``: they are asked to write, and then it goes.
    ``WAITS``: it stands there when they come back.
    """

    DIRECT = "direct"
    TEMPLATE = "template"
    WAITS = "waits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contributor(Person):
    """Somebody who told of it. ``agreed``: their word on being told what changes. ``told``: they have been, or will be."""

    agreed: bool = False
    told: bool = False


@dataclass(frozen=True, slots=True)
class Road:
    way: Way
    how: Asked


@dataclass(slots=True)
class Reach(Cost):
    """Of one channel: how many by which road."""

    how: Counter[Asked] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Shown:
    """The words as they would leave on one channel, in one language."""

    channel: ChannelName
    locale: Locale
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What pressing would do. Everybody who told of it is in one number alone: ``going``, ``held``, ``unasked``, ``told``."""

    total: int
    reach: Mapping[str, Reach]
    held: Mapping[NotTold, int]
    unasked: int
    told: int
    previews: tuple[Shown, ...]
    going: tuple[UUID, ...] = field(repr=False)

    @property
    def pence(self) -> Decimal:
        return sum((reach.pence for reach in self.reach.values()), Decimal(0))

    @property
    def cannot(self) -> int:
        return sum(self.held.values())

    def by(self, how: Asked) -> int:
        return sum(reach.how[how] for reach in self.reach.values())
