"""Finds personal details that have a form of their own in a text: each rule one kind, each working on a folded copy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from bot.details_address import Addresses, is_large
from bot.folding import Folded, fold
from bot.numbers import find_numbers, is_pupil_number

BLANK = "\uffff"
"""Stands in the working copy where something was found or must stay: no rule matches it."""
KEPT = "kept"
Found = tuple[int, int, str]

_LONGEST_LOCAL = 64
_CUE_REACH = 40
_ANY_MAIL = re.compile(
    r"(?<![\w.+-])(?:[\w+-]{1,40}[\w.+-]{0,24} ?@ ?|(?=[\w+-]{0,40}[\d._-])[\w+-]{1,40}[\w.+-]{0,24}(?: at |\(at\)|\[at\]))"
    r"[a-z][\w-]{1,40}(?: ?\. ?[a-z][\w-]{1,30}){0,2} ?\. ?"
    r"(?:com|org|net|uk|pl|ro|pt|ua|lt|bg|eu|ie|de|fr|es|it|in|info|me)(?![^\W_])"
)
_ALL_ALONG = r"(?<![a-z0-9]){}(?![a-z0-9])"
_MAIL_HOST = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_MAIL_MARKS = frozenset("._%+'-")
_AT = re.compile("@")
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"\uffff]+")
_LINK_END = ".,;:!?)]}'"
_HANDLE = re.compile(r"(?<![\w@./\uffff])@(?=\w{0,30}[^\W\d])(\w[\w.]{1,30})")
_UPN = re.compile(_ALL_ALONG.format(r"[a-hj-np-rt-z]\d{11}[\da-hj-np-rt-z]"))
_INSURANCE = re.compile(
    _ALL_ALONG.format(
        r"(?!bg|gb|kn|nk|nt|tn|zz)[a-ceghj-prstw-z][a-ceghj-nprstw-z](?:\d{6}[a-d]?|[ -]?\d\d[ -]?\d\d[ -]?\d\d[ -]?[a-d])"
    )
)
_PLATE = re.compile(_ALL_ALONG.format(r"[a-hj-pr-y]{2}(?:0[2-9]|[12]\d|5[1-9]|[67]\d) ?([a-hj-pr-z]{3})"))
_SORT_AND_ACCOUNT = re.compile(r"(?<!\d)\d\d[ -]\d\d[ -]\d\d[\s,/]{1,3}\d{8}(?!\d)")
_CODE = re.compile(_ALL_ALONG.format(r"([a-z]{3,8})[ -]{0,2}\d{3}[ -]{0,2}([a-z]{3,8})[ -]{0,2}\d{3}"))
_REFERENCE = re.compile(
    r"(?<![^\W_])(?<![\w.,/\xa3$\u20ac-])(?=(?:[a-z/-]{0,12}\d){5})(?![a-z]{2}\d{6}[a-d])"
    r"(?:[a-z]{1,5}[/-]?\d[a-z\d]*(?:[/-][a-z\d]{1,12}){0,3}|\d{2,}(?:[/-][a-z\d]{2,12}){1,3}|\d{6,})"
    r"(?![\w%/-]| ?(?:pounds?|quid|people)\b)"
)
_MORE_FIGURES = re.compile(r"[ .:/-]?\d|[ap]m")
_FIGURES_BEFORE = re.compile(r"\d[ .:/-]{0,2}$")
_YEARS = re.compile(r"(?:19|20)\d\d[/-](?:19|20)?\d\d|\d{1,2}[/-]\d{1,2}[/-]\d{2,4}|\d{4}-\d\d?-\d\d?")
_FIGURE = re.compile(r"\d")
_CUED = (
    ("nhs_number", "nhs", r"(?<!\d)\d(?:[ -]?\d){9}(?!\d)"),
    ("national_insurance", "national_insurance", r"(?<![a-z])[a-z]{2}[ -]?\d\d[ -]?\d\d[ -]?\d\d(?:[ -]?[a-d])?(?![a-z0-9])"),
    ("upn", "upn", r"(?<![a-z])[a-z]\d{11}[\da-z]"),
    ("bank", "sort_code", r"(?<!\d)\d\d[ -]?\d\d[ -]?\d\d(?!\d)"),
    ("bank", "account", r"(?<!\d)\d{7,8}(?!\d)"),
    ("number", "reference", r"(?<![a-z0-9])(?:[a-z]{1,3}[/-]?)?\d{5,}[\w/-]*"),
    ("phone", "phone", r"(?<!\d)\d(?:[ -]?\d){5,14}(?!\d)"),
)
"""What a word before it gives away: kind, the cue of redaction.toml, the form."""


class Details:
    """The rules, compiled from redaction.toml. ``kept`` are numbers, addresses and names everybody may read; ``links``
    those pages of ours that may be read as they stand, to the letter. ``code_words`` are those of our codes for another
    phone: whoever reads one within its quarter of an hour could use it.
    """

    def __init__(
        self, content: Mapping[str, Any], kept: Iterable[str], links: Iterable[str] = (), code_words: Iterable[str] = ()
    ) -> None:
        self._code_words = frozenset(word.lower() for word in code_words)
        words = [fold(word).text for word in kept]
        self._kept_words = frozenset(words)
        self._kept_numbers = frozenset(figures for word in words if (figures := "".join(filter(str.isdigit, word))))
        self._kept_links = frozenset(fold(link).text for link in links)
        self._kept_hosts = tuple("." + host for host in content["kept"]["hosts"])
        self._after_at = frozenset(content["kept"]["after_at"])
        self._not_plates = frozenset(content["kept"]["not_plates"])
        self._shown = re.compile("|".join(re.escape(fold(shown).text) for shown in content["placeholder"].values()))
        self._written = re.compile("|".join(map(re.escape, content["placeholder"].values())))
        self._compile(content)
        self._without_figures: tuple[Callable[[str], Iterator[Found]], ...] = (self._links, self._emails, self._handles)
        self._addresses = Addresses(content["address"])
        self._rules = (*self._without_figures, self._insurance, self._birth_dates, self._after_cues, self._codes, self._figures)

    def _compile(self, content: Mapping[str, Any]) -> None:
        cue = {name: rf"(?<![^\W_])(?:{words})(?![^\W_])" for name, words in content["cues"].items()}
        people = content["people"]
        mail, if_dotted = "|".join(people["mail"]), "|".join(people["mail_if_dotted"])
        dotted = r"(?: ?(?:\.|\(dot\)| dot ) ?(?:com|co|net|org|uk|me)(?![^\W_]))"
        areas = "|".join(sorted(content["postcode"]["areas"].split(), key=len, reverse=True))
        month = rf"(?:{content['months']['names']})"
        day = r"\d{1,2}(?:st|nd|rd|th)?"
        dates = (
            r"\d{1,2} ?[/. -] ?\d{1,2} ?[/. -] ?\d{2,4}",
            r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}",
            rf"{day}(?: of| de)? ?{month}\.?,?(?: ?(?:de )?'?\d{{2,4}})?",
            rf"{month}\.? {day},?(?: '?\d{{2,4}})?",
            r"\d{8}|\d{6}",
        )
        date = rf"(?<!\d)(?:{'|'.join(dates)})(?!\d)"
        near = r"[^\d\uffff\n]{0,14}"
        self._date = re.compile(date)
        self._whole_date = re.compile(
            r"(?:0?[1-9]|[12]\d|3[01])(?:/(?:0?[1-9]|1[0-2])/(\d{4}|\d\d)|\.(?:0?[1-9]|1[0-2])\.(\d{4}|\d\d)|-(?:0?[1-9]|1[0-2])-(\d{4}|\d\d))"
            rf"|(\d{{4}})-\d\d?-\d\d?|{day}(?: of| de)? ?{month}\.?,? ?(?:de )?(\d{{4}})"
            rf"|{day}(?: of)? ?{month} '?(\d\d)|{month}\.? {day},? (\d{{4}})"
        )
        self._birth_before = re.compile(rf"{cue['birth']}{near}$")
        self._birth_after = re.compile(rf"{near}?{cue['birth']}")
        first_born, last_born = content["dates"]["born"]
        self._born = range(first_born, last_born + 1)
        self._event_before = re.compile(rf"{cue['event']}[^\uffff\n]{{0,20}}$")
        self._mail_names = (*people["mail"], *people["mail_if_dotted"])
        self._spoken_mail = re.compile(
            rf"(?<![\w.+-])[\w.+-]{{2,{_LONGEST_LOCAL}}} ?(?:\(at\)|\[at\]|{{at}}| at |@) ?"
            rf"(?:(?:{mail})(?![^\W_]){dotted}{{0,3}}|(?:{if_dotted}){dotted}{{1,3}})"
        )
        self._people = re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, people['hosts']))})/[^\s<>\"\uffff]+")
        self._network = re.compile(
            rf"(?<![^\W_])(?:{'|'.join(people['networks'])})(?![^\W_])"
            r" ?(name|username|user|handle|id|tag)? ?(?:is |: ?|= ?|- ?)(@?[\w.#]{3,40})"
        )
        gap = r"(?: ?(?:number|num|no|nr|id|is|was|code))?\.?[ :#=.-]{0,4}$"
        self._cued = tuple((kind, re.compile(value), re.compile(cue[name] + gap)) for kind, name, value in _CUED)
        self._vehicle_cue = re.compile(cue["vehicle"])
        inward = r"(?!nd|rd|th|st|hr|yr)[abd-hjlnp-uw-z]{2}"
        self._postcode = re.compile(_ALL_ALONG.format(rf"(?![a-z]0)(?:{areas})\d[a-z\d]?[\s.-]{{0,2}}\d[abd-hjlnp-uw-z]{{2}}"))
        long_areas = "|".join(area for area in areas.split("|") if len(area) > 1)
        self._joined_postcode = re.compile(rf"(?:{long_areas})\d[a-z\d]?[\s.-]{{0,2}}\d{inward}")
        self._loose_postcode = re.compile(
            _ALL_ALONG.format(rf"(?:{areas})(?: ?\d[a-z\d]?[\s.,/_-]{{0,3}}\d ?|(?:[oli]\d?|\d[a-z\d]?) ?[\doli]){inward}")
        )

    def blanked(self, text: str) -> str:
        """The text with ``BLANK`` in the place of every placeholder; same length."""
        return self._written.sub(lambda shown: BLANK * len(shown[0]), text) if "[" in text else text

    def find(self, text: str) -> list[Found]:
        """Every detail in the text as (start, end, kind), in order, none over another. Offsets are of the text as given."""
        folded = fold(text)
        work = self._shown.sub(lambda shown: BLANK * len(shown[0]), folded.text)
        found: list[Found] = []
        for rule in self._rules if _FIGURE.search(work) else self._without_figures:
            here = list(rule(work))
            work = _blanked(work, here)
            found += here
        postcodes = list(self._postcodes(work, folded, text)) if _FIGURE.search(work) else []
        found += postcodes
        work = _blanked(work, postcodes)
        for here in (self._homes(work, folded, text), list(self._references(work))):
            found += [each for each in here if BLANK not in work[each[0] : each[1]]]
            work = _blanked(work, here)
        found += [plate for plate in self._plates(work) if self._is_plate(plate, work, folded, text)]
        return sorted((*folded.span(start, end), kind) for start, end, kind in found if kind != KEPT)

    def _links(self, work: str) -> Iterator[Found]:
        for match in _LINK.finditer(work):
            link = match[0].rstrip(_LINK_END)
            yield match.start(), match.start() + len(link), KEPT if self._is_public(link) else "link"
        for match in self._people.finditer(work):
            yield match.start(), match.end(), "link"

    def _is_public(self, link: str) -> bool:
        if link in self._kept_links:
            return True
        host = "." + re.split(r"[/?#:]", link.rsplit("://", maxsplit=1)[-1], maxsplit=1)[0]
        return host.endswith(self._kept_hosts) and "@" not in link

    def _emails(self, work: str) -> Iterator[Found]:
        for match in _AT.finditer(work):
            start = match.start()
            lowest = max(0, start - _LONGEST_LOCAL)
            while start > lowest and (work[start - 1].isalnum() or work[start - 1] in _MAIL_MARKS):
                start -= 1
            host = _MAIL_HOST.match(work, match.end())
            if host and start < match.start():
                kept = work[start : host.end()].strip(".") in self._kept_words
                yield start, host.end(), KEPT if kept else "email"
        for match in _ANY_MAIL.finditer(work):
            spoken = "." + re.split(r"@| at |\(at\)|\[at\]", match[0])[-1].replace(" ", "")
            is_sentence = " at " in match[0] and spoken.endswith(self._kept_hosts)
            kept = is_sentence or match[0].replace(" ", "") in self._kept_words
            yield match.start(), match.end(), KEPT if kept else "email"
        if any(name in work for name in self._mail_names):
            for match in self._spoken_mail.finditer(work):
                yield match.start(), match.end(), "email"

    def _handles(self, work: str) -> Iterator[Found]:
        for match in _HANDLE.finditer(work):
            name = match[1].strip(".")
            if name not in self._after_at:
                yield match.start(), match.end(), KEPT if "@" + name in self._kept_words else "handle"
        for match in self._network.finditer(work):
            if match[1] or not match[2].isalpha():
                yield match.start(2), match.end(2), "handle"

    def _birth_dates(self, work: str) -> Iterator[Found]:
        for match in self._date.finditer(work):
            before = self._birth_before.search(work, max(0, match.start() - _CUE_REACH), match.start())
            if before or self._birth_after.match(work, match.end()) or self._is_of_birth(work, match):
                yield match.start(), match.end(), "birth_date"

    def _is_of_birth(self, work: str, date: re.Match[str]) -> bool:
        """A whole date of a year in which those were born who write or are written of, and of nothing that happened."""
        whole = self._whole_date.fullmatch(work, date.start(), date.end())
        if whole is None:
            return False
        figures = next(filter(None, whole.groups()))
        beside = _MORE_FIGURES.match(work, date.end()) or _FIGURES_BEFORE.search(work, max(0, date.start() - 3), date.start())
        if beside and len(figures) == 2:  # noqa: PLR2004 - a year without its century
            return False
        year = int(figures) + (2000 if len(figures) == 2 else 0)  # noqa: PLR2004 - the same
        return year in self._born and not self._event_before.search(work, max(0, date.start() - _CUE_REACH), date.start())

    def _after_cues(self, work: str) -> Iterator[Found]:
        """What only a word before it gives away."""
        for match in _SORT_AND_ACCOUNT.finditer(work):
            yield match.start(), match.end(), "bank"
        for kind, value, cue in self._cued:
            for match in value.finditer(work):
                kept = "".join(filter(str.isdigit, match[0])) in self._kept_numbers
                if not kept and cue.search(work, max(0, match.start() - _CUE_REACH), match.start()):
                    yield match.start(), match.end(), kind

    def _insurance(self, work: str) -> Iterator[Found]:
        """First of all, for a date of birth may stand beside it."""
        for match in _INSURANCE.finditer(work):
            yield match.start(), match.end(), "national_insurance"

    def _codes(self, work: str) -> Iterator[Found]:
        for match in _UPN.finditer(work):
            yield match.start(), match.end(), "upn" if is_pupil_number(match[0]) else "number"
        for match in _CODE.finditer(work):
            if {match[1], match[2]} <= self._code_words:
                yield match.start(), match.end(), "code"
        for match in self._postcode.finditer(work):
            yield match.start(), match.end(), "postcode"

    def _postcodes(self, work: str, folded: Folded, text: str) -> Iterator[Found]:
        """Those written on to a word before or after them, and, in capitals, those with spaces and letters gone astray."""
        for match in self._loose_postcode.finditer(work):
            first, last = folded.span(match.start(), match.end())
            if text[first:last].isupper() and _FIGURE.search(match[0]):
                yield match.start(), match.end(), "postcode"
        for match in self._joined_postcode.finditer(work):
            before, after = work[match.start() - 1 : match.start()], work[match.end() : match.end() + 1]
            first, last = folded.span(match.start(), match.end())
            changes = text[last - 1 : last].isupper() and text[last : last + 1].islower()
            if not before.isdigit() and (changes or not after.isalnum()) and BLANK not in match[0]:
                yield match.start(), match.end(), "postcode"

    def _figures(self, work: str) -> Iterator[Found]:
        for figures in find_numbers(work, self._kept_numbers):
            yield figures.start, figures.end, figures.kind

    def _homes(self, work: str, folded: Folded, text: str) -> list[Found]:
        def large(start: int, end: int) -> bool:
            first, last = folded.span(start, end)
            return is_large(text[first:last])

        return _apart((start, end, "address") for start, end in self._addresses.find(work, large))

    def _references(self, work: str) -> Iterator[Found]:
        """Codes of letters and figures, and long rows of figures, that are neither dates nor numbers everybody may read."""
        for match in _REFERENCE.finditer(work):
            kept = "".join(filter(str.isdigit, match[0])) in self._kept_numbers
            if not kept and not _YEARS.fullmatch(match[0]):
                yield match.start(), match.end(), "number"

    def _plates(self, work: str) -> Iterator[Found]:
        for match in _PLATE.finditer(work):
            if match[1] not in self._not_plates:
                yield match.start(), match.end(), "vehicle"

    def _is_plate(self, plate: Found, work: str, folded: Folded, text: str) -> bool:
        """Written in capitals, or soon after a word such as "reg"."""
        first, last = folded.span(plate[0], plate[1])
        return text[first:last].isupper() or bool(self._vehicle_cue.search(work, max(0, plate[0] - _CUE_REACH), plate[0]))


def _apart(found: Iterable[Found]) -> list[Found]:
    """In order, those that overlap made one."""
    apart: list[Found] = []
    for start, end, kind in sorted(found):
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]), kind)
        else:
            apart.append((start, end, kind))
    return apart


def _blanked(work: str, found: Sequence[Found]) -> str:
    """The working copy without what was found; same length."""
    if not found:
        return work
    kept = list(work)
    for start, end, _ in found:
        kept[start:end] = BLANK * (end - start)
    return "".join(kept)
