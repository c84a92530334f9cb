"""Fills the templates of nlp/data/names with names, numbers and addresses, and keeps where each stands.

Chance is given, so the same seed makes the same texts. Names are written as the template is: small letters where it has
none other, capitals where it has nothing else.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

DATA = Path(__file__).parent / "data" / "names"
SLOT = re.compile(r"\{([A-Z]+)\}")
NAMES = frozenset({"CHILD", "ME", "RELATIVE", "STAFF", "FAMILY", "FULL", "NICK", "AMBIGUOUS", "INITIALS", "INITIAL"})
_GIVEN = frozenset({"CHILD", "ME", "RELATIVE", "STAFF", "NICK"})
READABLE = frozenset({"SCHOOL", "TOWN", "EVERYDAY"})
_LOWER_IN_NORMAL = 0.06


@dataclass(frozen=True, slots=True)
class Community:
    """The names of one community: those that are known, and those withheld from training and from the finder measured."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    withheld_given: tuple[str, ...]
    withheld_family: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything the data of names has to fill a template with."""

    communities: Mapping[str, Community]
    ambiguous: tuple[str, ...]
    not_names: tuple[str, ...]
    words: tuple[str, ...]
    everyday: tuple[str, ...]
    streets: Mapping[bool, tuple[str, ...]]
    schools: Mapping[bool, tuple[str, ...]]
    house: tuple[str, ...]
    towns: tuple[str, ...]

    @classmethod
    def load(cls, folder: Path = DATA) -> Sources:
        lists, words, places = (_toml(folder / f"{name}.toml") for name in ("lists", "words", "addresses"))
        return cls(
            communities={
                name: Community(*(tuple(one[part]) for part in ("given", "family", "withheld_given", "withheld_family")))
                for name, one in lists.items()
            },
            ambiguous=tuple(words["ambiguous"]),
            not_names=tuple(words["not_names"]),
            words=tuple(word for line in words["words"] for word in line.split()),
            everyday=tuple(word for line in words["everyday"] for word in line.split()),
            streets={False: tuple(places["streets"]), True: tuple(places["withheld_streets"])},
            schools={False: tuple(places["schools"]), True: tuple(places["withheld_schools"])},
            house=tuple(places["house"]),
            towns=tuple(places["towns"]),
        )

    def given(self, *, withheld: bool) -> Iterator[str]:
        for one in self.communities.values():
            yield from (one.given, one.withheld_given)[withheld]

    def family(self, *, withheld: bool) -> Iterator[str]:
        for one in self.communities.values():
            yield from (one.family, one.withheld_family)[withheld]


@dataclass(frozen=True, slots=True)
class Template:
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Filled:
    """A text and what was put into it, as (start, end, slot)."""

    author: str
    text: str
    spans: tuple[tuple[int, int, str], ...]


def templates(part: str, folder: Path = DATA) -> tuple[Template, ...]:
    """``part`` is ``learn`` or ``frozen``."""
    rows = (json.loads(line) for path in sorted((folder / part).glob("*.jsonl")) for line in path.read_text("utf-8").splitlines())
    return tuple(Template(row["author"], row["template"]) for row in rows)


def _toml(path: Path) -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(path.read_text(encoding="utf-8"))  # the values of words.toml are lists themselves


class Filler:
    """``pick`` gives a community's names; the rest is made up. ``withheld`` takes the names and streets kept for measuring."""

    def __init__(self, sources: Sources, chance: Random, *, withheld: bool = False) -> None:
        self._sources = sources
        self._chance = chance
        self._withheld = withheld
        self._values = Values(chance)
        ambiguous = {name.lower() for name in sources.ambiguous}
        self._pools: dict[tuple[str, str], Sequence[str]] = {}
        for name, one in sources.communities.items():
            given, family = (one.withheld_given, one.withheld_family) if withheld else (one.given, one.family)
            for kind, names in (("given", given), ("family", family)):
                self._pools[name, kind] = [each for each in names if each.lower() not in ambiguous] or names

    def fill(self, template: Template, community: str) -> Filled:
        pieces: list[str] = []
        spans: list[tuple[int, int, str]] = []
        length = at = 0
        case = self._case(SLOT.sub("", template.text))
        used: dict[str, str] = {}
        for match in SLOT.finditer(template.text):
            kept = template.text[at : match.start()]
            slot = match[1]
            value = self._value(slot, community)
            if slot in NAMES | READABLE or slot == "ADDRESS":
                value = case(value)
            if slot == "FAMILY" and self._chance.random() < 0.5:  # noqa: PLR2004 - a family mostly has one name
                value = used.setdefault(slot, value)
            pieces += [kept, value]
            length += len(kept)
            spans.append((length, length + len(value), slot))
            length += len(value)
            at = match.end()
        pieces.append(template.text[at:])
        return Filled(template.author, "".join(pieces), tuple(spans))

    def _case(self, text: str) -> Callable[[str], str]:
        words = re.findall(r"[^\W\d_]{2,}", text)
        if len(words) > 1 and all(word.isupper() for word in words):
            return str.upper
        if not any(word[0].isupper() for word in words) and words:
            return str.lower if self._chance.random() < 0.75 else str  # noqa: PLR2004 - some write names large all the same
        return str.lower if self._chance.random() < _LOWER_IN_NORMAL else str

    def _value(self, slot: str, community: str) -> str:
        chance, sources = self._chance, self._sources
        if slot in _GIVEN | {"FULL", "FAMILY", "INITIALS", "INITIAL"}:
            return self._name(slot, *(chance.choice(self._pools[community, kind]) for kind in ("given", "family")))
        if slot == "ADDRESS":
            return self._address(community)
        lists = {
            "AMBIGUOUS": sources.ambiguous,
            "EVERYDAY": sources.everyday,
            "SCHOOL": sources.schools[self._withheld],
            "TOWN": sources.towns,
        }
        return chance.choice(lists[slot]) if slot in lists else self._values.of(slot)

    def _name(self, slot: str, given: str, family: str) -> str:
        if slot in _GIVEN:
            return given
        if slot == "INITIAL":
            return given[0].upper()
        if slot == "INITIALS":
            return self._chance.choice(("{}{}", "{}.{}.", "{} {}", "{}.{}")).format(given[0].upper(), family[0].upper())
        return family if slot == "FAMILY" else f"{given} {family}"

    def _address(self, community: str) -> str:
        chance = self._chance
        house = chance.choice(self._sources.house).replace("{n}", str(chance.randint(1, 160)))
        house = house.replace("{m}", str(chance.randint(1, 60))).replace(
            "{FAMILY}", chance.choice(self._pools[community, "family"])
        )
        return f"{house} {chance.choice(self._sources.streets[self._withheld])}"


class Values:
    """Numbers and the like as people type them."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def of(self, slot: str) -> str:
        make: Callable[[], str] = getattr(self, f"_{slot.lower()}")
        return make()

    def _digits(self, count: int) -> str:
        return "".join(str(self._chance.randrange(10)) for _ in range(count))

    def _phone(self) -> str:
        c, d = self._chance, self._digits
        mobile, drama = f"7{d(9)}", f"7700900{d(3)}"
        local = c.choice(("1823", "1935", "1749", "1278", "1458", "1373", "1934", "1225", "1643", "117", "1460"))
        land = local + d(10 - len(local))
        number = c.choice((mobile, mobile, drama, land))
        if number == land:
            area = "0" + local
            rest = land[len(local) :]
            return c.choice(
                (f"{area}{rest}", f"{area} {rest}", f"({area}) {rest}", f"{area} {rest[:3]} {rest[3:]}", f"{area}-{rest}")
            )
        forms = (
            "0{a}{b}{c}", "0{a} {b}{c}", "0{a} {b} {c}", "+44 {a} {b}{c}", "+44{a}{b}{c}", "0044 {a} {b} {c}", "0{a}-{b}-{c}",
            "{a} {b} {c}", "+44 (0){a} {b}{c}", "0{a}.{b}.{c}", "0{p}",
        )  # fmt: skip
        pairs = " ".join((number[:2], number[2:4], number[4:6], number[6:8], number[8:]))
        return c.choice(forms).format(a=number[:4], b=number[4:7], c=number[7:], p=pairs)

    def _email(self) -> str:
        c = self._chance
        name = c.choice(
            ("mum", "k.nowak", "jo_b", "the.smiths", "ella", "amir", "tracey", "s-hassan", "mrs.p", "oakfamily")
        ) + self._digits(2)
        host = c.choice(
            ("gmail.com", "hotmail.co.uk", "outlook.com", "yahoo.com", "btinternet.com", "wp.pl", "icloud.com", "madeup.org.uk")
        )
        return c.choice(("{}@{}", "{}@{}", "{} @ {}", "{} at {}")).format(name, host) if "." in host[:8] else f"{name}@{host}"

    def _postcode(self) -> str:
        c = self._chance
        out = c.choice(("TA", "BA", "BS", "EX", "DT")) + str(c.randint(1, 24))
        inward = self._digits(1) + "".join(c.choice("ABDEFGHJLNPQRSTUWXYZ") for _ in range(2))
        code = c.choice((f"{out} {inward}", f"{out}{inward}"))
        return c.choice((code, code, code.lower()))

    def _nhs(self) -> str:
        while True:
            nine = self._digits(9)
            check = (11 - sum(int(one) * weight for one, weight in zip(nine, range(10, 1, -1), strict=True)) % 11) % 11
            if check < 10:  # noqa: PLR2004 - a check of ten is never given
                break
        number = f"{nine}{check}"
        return self._chance.choice(
            (f"{number[:3]} {number[3:6]} {number[6:]}", number, f"{number[:3]}-{number[3:6]}-{number[6:]}")
        )

    def _upn(self) -> str:
        figures = self._digits(12)
        letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
        upn = letters[sum(int(one) * weight for weight, one in enumerate(figures, start=2)) % 23] + figures
        return self._chance.choice((upn, upn.lower()))

    def _ni(self) -> str:
        c = self._chance
        first, figures, last = c.choice(("AB", "CE", "JK", "SN", "PW", "LR")), self._digits(6), c.choice("ABCD")
        spaced = f"{first} {figures[:2]} {figures[2:4]} {figures[4:]} {last}"
        return c.choice((f"{first}{figures}{last}", spaced, spaced.lower()))

    def _dob(self) -> str:
        c = self._chance
        day, month, year = c.randint(1, 28), c.randint(1, 12), c.randint(2004, 2022)
        name = (
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        )[month - 1]
        return c.choice((
            f"{day:02}/{month:02}/{year}", f"{day}.{month}.{year}", f"{day}-{month}-{year % 100:02}", f"{day} {name} {year}",
            f"{day}th {name} {year}", f"{day}/{month}/{year % 100:02}", f"{name} {day} {year}",
            f"{day} {name[:3].lower()} {year % 100:02}",
        ))  # fmt: skip

    def _handle(self) -> str:
        c = self._chance
        return (
            "@"
            + c.choice(("kaz_mum", "SendMumSomerset", "jaxondad", "_bluebell.x", "mama.of.three", "taz"))
            + self._digits(c.choice((0, 2)))
        )

    def _link(self) -> str:
        c = self._chance
        path = "".join(c.choice("abcdefghkmnpqrstuvwxyz0123456789") for _ in range(9))
        return c.choice((
            "https://www.facebook.com/groups/{}", "https://youtu.be/{}", "www.justgiving.com/{}", "http://bit.ly/{}",
            "https://drive.google.com/file/d/{}/view", "facebook.com/{}", "https://photos.app.goo.gl/{}",
        )).format(path)  # fmt: skip

    def _plate(self) -> str:
        c = self._chance
        year = c.choice(("14", "19", "68", "21", "72", "65", "07"))
        first = c.choice(("WA", "WR", "VK", "BD", "EX", "LD")) + year
        last = "".join(c.choice("ABDEFGHJKLMNPRSTUVWXY") for _ in range(3))
        return c.choice((f"{first} {last}", f"{first}{last}"))

    def _account(self) -> str:
        d = self._digits
        sort = f"{d(2)}-{d(2)}-{d(2)}"
        spaced = sort.replace("-", " ")
        return self._chance.choice((f"{sort} {d(8)}", f"{sort}, {d(8)}", d(8), f"{spaced} {d(8)}"))

    def _case(self) -> str:
        c, d = self._chance, self._digits
        return c.choice((
            f"SEN/{d(5)}", f"EHC-{d(6)}", f"{d(7)}", f"SOM{d(6)}", f"C{d(7)}", f"{d(6)}-{d(3)}",
            f"FS/{c.randint(2022, 2026)}/{d(5)}",
            f"CAS-{d(5)}-{''.join(c.choice('ABCDEFGHKLMNPRSTUVWXYZ') for _ in range(4))}", f"SE{d(3)}/{d(2)}/{d(5)}",
        ))  # fmt: skip
