"""What staff do with the words that families read: look, propose, publish, go back, hand a file to the repository."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from uuid import UUID

from bot.errors import BotError, NotFound
from bot.model import ENGLISH, Locale
from bot.ports import Clock
from bot.records import StaffMember
from bot.wall import may_publish
from bot.word_versions import (
    FILES,
    BadVersion,
    Change,
    Draft,
    Left,
    Place,
    PublishedWords,
    Signature,
    Version,
    apply,
    changes_as_text,
    digest_of,
    has_text,
    text_at,
    unfit,
)
from bot.wording import CHOICE, CONTENT, Wording
from bot.wording_checks import Checks
from bot.wording_faults import Fault
from bot.wording_file import WordingFile
from bot.wording_rules import is_house

_VOUCHED = ("danger.", "preview.")
"""With the questions that ask for a consent and their answers: what a speaker of the language signs for."""


class Refusal(StrEnum):
    """Why a version is not published."""

    ROLE = "role"
    NOTHING = "nothing"
    FAULTS = "faults"
    MOVED = "moved"
    WHY = "why"
    SIGNATURE = "signature"


class NotPublished(BotError):  # noqa: N818 - a refusal is named for what was refused
    """This version of the words is not published."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


class WordRecords(PublishedWords, Protocol):
    """Where drafts and versions are kept. The acts are transactions of their own, with their line of the audit trail."""

    def versions(self) -> Sequence[tuple[int, Version | None]]:
        """Newest first; None stands for one that cannot be read."""
        ...

    def drafts(self) -> Sequence[Draft]:
        """By locale, key and channel."""
        ...

    def propose(self, drafts: Collection[Draft], *, drop: Collection[Place], by_id: UUID, now: datetime) -> None:
        """Keep these, instead of what stood at their places; take away what stands at ``drop``."""
        ...

    def publish(self, version: Version, *, drop: Collection[Place]) -> bool:
        """Add the version and take away those drafts. False: its number was taken meanwhile."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The words as they stand. ``now``: as families read them; ``proposed``: with every draft that can be said.

    ``is_broken``: the newest version cannot be read, and families are told the words of the files. ``left``: published
    texts that no longer fit. ``under``: published texts whose file has changed since.
    """

    number: int
    version: Version | None
    base: Wording
    now: Wording
    proposed: Wording
    drafts: tuple[Draft, ...]
    left: tuple[Left, ...]
    under: tuple[Change, ...]
    is_broken: bool = False

    def draft(self, place: Place) -> Draft | None:
        return next((draft for draft in self.drafts if draft.place == place), None)

    def published(self, place: Place) -> Change | None:
        changes = self.version.changes if self.version else ()
        return next((change for change in changes if change.place == place), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A version that could be published: the whole set, where it differs from now, and what is wrong with it.

    ``seen`` tells it from every other: who publishes says which one they looked at. ``unsigned``: translations that a
    speaker has to vouch for again. ``left``: published texts that no longer fit and are not published again.
    """

    changes: tuple[Change, ...]
    wording: Wording
    places: tuple[Place, ...]
    faults: tuple[Fault, ...]
    unsigned: tuple[Locale, ...]
    left: tuple[Left, ...]
    seen: str
    signatures: Mapping[Locale, Signature] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WordDesk:
    """``base``: the words of the files. Everybody who is signed in may look and propose; publishing takes its role."""

    base: Wording
    records: WordRecords
    checks: Checks
    clock: Clock

    def board(self) -> Board:
        number = self.records.latest()
        version, is_broken = self._readable(number)
        now, left = (self.base, ()) if version is None else apply(self.base, version)
        published = version.changes if version else ()
        drafts = tuple(draft for draft in self.records.drafts() if self._is_there(draft.locale, draft.key))
        said = {change.place: change for change in _set(published, drafts) if unfit(self.base, change) is None}
        return Board(
            number=number,
            version=version,
            base=self.base,
            now=now,
            proposed=_over(self.base, said.values()),
            drafts=drafts,
            left=left,
            under=tuple(change for change in published if change.over and change.over != _stamp(self.base, change)),
            is_broken=is_broken,
        )

    def propose(self, member: StaffMember, locale: Locale, key: str, texts: Mapping[str, str | None]) -> None:
        """``texts`` by channel; None: as in the files. What is said already needs no draft. Raises ``NotFound``."""
        if not self._is_there(locale, key):
            raise NotFound
        board, now = self.board(), self.clock.now()
        stamp = "" if locale == ENGLISH else board.proposed.tongues[ENGLISH].stamp(key)
        drafts: list[Draft] = []
        drop: list[Place] = []
        for channel, text in texts.items():
            place = (locale, key, channel)
            files = text_at(self.base, place)
            wanted = files if text is None else text
            if wanted == text_at(board.now, place):
                drop += [place] if board.draft(place) else []
            elif board.draft(place) is None or self._wanted(board.draft(place)) != wanted:
                kept = None if wanted == files else wanted
                drafts.append(Draft(locale=locale, key=key, channel=channel, text=kept, english=stamp, by_id=member.id, at=now))
        if drafts or drop:
            self.records.propose(drafts, drop=drop, by_id=member.id, now=now)

    def faults(self, board: Board, locale: Locale, key: str) -> list[Fault]:
        """What is wrong with one text as it is proposed, and with what leans on it."""
        mine = [draft for draft in board.drafts if (draft.locale, draft.key) == (locale, key)]
        return self.checks.of_changes(self.base, _over(board.proposed, _set((), mine)), [(locale, key)])

    def edition(self, board: Board, chosen: Collection[Place]) -> Edition:
        """What would be published with these of the drafts."""
        drafts = [draft for draft in board.drafts if draft.place in chosen]
        published = board.version.changes if board.version else ()
        edition = self._edition(board, published, drafts)
        signatures = board.version.signatures if board.version else {}
        return replace(edition, signatures=signatures, unsigned=self._to_sign(edition.places))

    def back_to(self, board: Board, number: int) -> Edition:
        """What would be published to have an older version again; ``FILES``: the words of the files, and nothing else.

        Raises ``NotFound`` where there is no such version, or it cannot be read.
        """
        if number == FILES:
            return self._edition(board, (), ())
        version, _ = self._readable(number)
        if version is None:
            raise NotFound
        # Its translations were vouched for when it was published.
        return replace(self._edition(board, version.changes, ()), signatures=version.signatures)

    def publish(
        self, member: StaffMember, chosen: Collection[Place], *, why: str, seen: str, signed: Mapping[Locale, str], today: date
    ) -> int:
        """Returns its number. Raises ``NotPublished``. ``signed``: by locale, who vouches for it."""
        board = self.board()
        edition = self.edition(board, chosen)
        if may_publish(member) and any(not signed.get(locale) for locale in edition.unsigned):
            raise NotPublished(Refusal.SIGNATURE)
        fresh = {locale: Signature(signed[locale], today) for locale in edition.unsigned if signed.get(locale)}
        edition = replace(edition, signatures={**edition.signatures, **fresh})
        return self._publish(member, board, edition, why=why, seen=seen)

    def go_back(self, member: StaffMember, number: int, *, why: str, seen: str) -> int:
        """Publish an older version anew; nothing is taken away. Raises as ``publish`` does, and ``NotFound``."""
        board = self.board()
        return self._publish(member, board, self.back_to(board, number), why=why, seen=seen, back_to=number)

    def history(self) -> Sequence[tuple[int, Version | None]]:
        return self.records.versions()

    def exported(self, board: Board, locale: Locale, *, folder: Path = CONTENT) -> str:
        """The file of a locale as the repository can take it up: its notes as they are, what is published in its place.

        Raises ``NotFound``.
        """
        if locale not in self.base.tongues:
            raise NotFound
        file, tongue = WordingFile(folder / f"{locale}.toml"), board.now.tongues[locale]
        unfit_places = {each.change.place for each in board.left}
        changes = [change for change in (board.version.changes if board.version else ()) if change.locale == locale]
        for change in changes:
            if change.place not in unfit_places:
                file.set_text(change.key, change.channel, change.text)
        if tongue.translated:
            file.set_stamps(tongue.translated)
        return file.text()

    def _publish(
        self, member: StaffMember, board: Board, edition: Edition, *, why: str, seen: str, back_to: int | None = None
    ) -> int:
        if not may_publish(member):
            raise NotPublished(Refusal.ROLE)
        if not (edition.places or edition.left or board.is_broken):
            raise NotPublished(Refusal.NOTHING)
        if seen != edition.seen:
            raise NotPublished(Refusal.MOVED)
        if edition.faults:
            raise NotPublished(Refusal.FAULTS)
        if not why:
            raise NotPublished(Refusal.WHY)
        version = Version(
            number=board.number + 1,
            at=self.clock.now(),
            by_id=member.id,
            why=why,
            changes=edition.changes,
            signatures=edition.signatures,
            back_to=back_to,
        )
        done = [draft.place for draft in board.drafts if text_at(edition.wording, draft.place) == self._wanted(draft)]
        if not self.records.publish(version, drop=done):
            raise NotPublished(Refusal.MOVED)
        return version.number

    def _edition(self, board: Board, published: Iterable[Change], drafts: Iterable[Draft]) -> Edition:
        """What of the published no longer fits is left; a draft that does not fit is a fault, and is told."""
        drafts = list(drafts)
        ours = {draft.place for draft in drafts}
        left = [
            Left(change, why)
            for change in published
            if change.place not in ours and (why := unfit(self.base, change)) is not None
        ]
        gone = {each.change.place for each in left}
        kept = [
            replace(change, over=_stamp(self.base, change))
            for change in _set(published, drafts)
            if change.place not in gone and text_at(self.base, change.place) != change.text
        ]
        wording = _over(self.base, kept)
        before = board.version.changes if board.version else ()
        anywhere = dict.fromkeys(change.place for change in (*kept, *before))
        faults = self.checks.of_changes(self.base, wording, list(dict.fromkeys((change.locale, change.key) for change in kept)))
        return Edition(
            changes=tuple(kept),
            wording=wording,
            places=tuple(sorted(place for place in anywhere if text_at(board.now, place) != text_at(wording, place))),
            faults=tuple(faults),
            unsigned=(),
            left=tuple(left),
            seen=digest_of(f"{board.number}", changes_as_text(kept)),
        )

    def _is_there(self, locale: Locale, key: str) -> bool:
        return locale in self.base.tongues and has_text(self.base.tongues[locale], key)

    def _to_sign(self, places: Iterable[Place]) -> tuple[Locale, ...]:
        """Translations that somebody signed, and whose texts about danger or consent would be others."""
        found = {locale for locale, key, _ in places if not is_house(locale) and self._is_vouched(key)}
        return tuple(sorted(locale for locale in found if self.base.tongues[locale].is_signed))

    def _is_vouched(self, key: str) -> bool:
        kind, _, name = key.partition(".")
        asking = {name: question for name, question in self.checks.script.questions.items() if question.purpose is not None}
        if kind == CHOICE:
            return any(name in question.choices for question in asking.values())
        return key.startswith(_VOUCHED) or (kind in ("ask", "again") and name in asking)

    def _wanted(self, draft: Draft | None) -> str | None:
        if draft is None:
            return None
        return text_at(self.base, draft.place) if draft.text is None else draft.text

    def _readable(self, number: int) -> tuple[Version | None, bool]:
        """The version, and whether it is there and cannot be read."""
        if number == FILES:
            return None, False
        try:
            return self.records.version(number), False
        except BadVersion:
            return None, True


def _set(published: Iterable[Change], drafts: Iterable[Draft]) -> list[Change]:
    """The whole set: what is published, with drafts in its place, in the order of places."""
    found = {change.place: change for change in published}
    for draft in drafts:
        found.pop(draft.place, None)
        if draft.text is not None:
            found[draft.place] = Change(
                locale=draft.locale, key=draft.key, channel=draft.channel, text=draft.text, english=draft.english
            )
    return [found[place] for place in sorted(found)]


def _over(wording: Wording, changes: Iterable[Change]) -> Wording:
    tongues = dict(wording.tongues)
    for change in changes:
        tongues[change.locale] = tongues[change.locale].changed(change.key, change.channel, change.text)
    return replace(wording, tongues=tongues)


def _stamp(files: Wording, change: Change) -> str:
    tongue = files.tongues.get(change.locale)
    return tongue.stamp(change.key) if tongue is not None and has_text(tongue, change.key) else ""
