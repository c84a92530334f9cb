"""What staff do with a file that came with an experience: look at it or take it away, and it is kept who did."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from bot.alerted import audit
from bot.cards import ExperienceView
from bot.errors import NotFound
from bot.media import FileKind, Files, FileView, MediaState
from bot.ports import Clock, Store
from bot.records import StaffMember

PREVIEW_TYPE = "image/jpeg"
_DRAWN = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})


def can_be_seen(file: FileView) -> bool:
    """Whether a picture of it can be shown."""
    return file.state is MediaState.KEPT and file.kind is FileKind.PHOTO and file.content_type in _DRAWN


def can_be_heard(file: FileView) -> bool:
    return file.state is MediaState.KEPT and file.kind is FileKind.AUDIO


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedFile:
    """``number`` is its place among the files of the experience, from 1."""

    view: FileView
    number: int
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class FileReview:
    """Whoever calls these has found the experience for this member: what is behind the wall is not found at all.

    Each raises ``NotFound`` for a file that is not of this experience, or not kept.
    """

    store: Store
    files: Files
    clock: Clock

    def listed(self, view: ExperienceView) -> tuple[FileView, ...]:
        return self.files.of(view.card.reference)

    def take_away(self, view: ExperienceView, file_id: UUID, member: StaffMember) -> OpenedFile:
        """The file itself. It is noted before anything is handed over."""
        number, file = self._file(view, file_id)
        content = self.files.content(file_id)
        self._note(member, "open_file", file_id)
        return OpenedFile(view=file, number=number, content_type=file.content_type, content=content)

    def ask_to_show(self, view: ExperienceView, file_id: UUID, member: StaffMember) -> None:
        """Keep who is to be shown it on the page."""
        _, file = self._file(view, file_id)
        if not (can_be_seen(file) or can_be_heard(file)):
            raise NotFound
        self._note(member, "show_file", file_id)

    def show(self, view: ExperienceView, file_id: UUID) -> OpenedFile:
        """A small picture, or the recording, for somebody who asked for it (``ask_to_show``)."""
        number, file = self._file(view, file_id)
        if can_be_seen(file):
            preview = self.files.preview(file_id)
            return OpenedFile(view=file, number=number, content_type=PREVIEW_TYPE, content=preview)
        if can_be_heard(file):
            return OpenedFile(view=file, number=number, content_type=file.content_type, content=self.files.content(file_id))
        raise NotFound

    def _file(self, view: ExperienceView, file_id: UUID) -> tuple[int, FileView]:
        for number, file in enumerate(self.listed(view), start=1):
            if file.id == file_id and file.state is MediaState.KEPT:
                return number, file
        raise NotFound

    def _note(self, member: StaffMember, action: str, file_id: UUID) -> None:
        with self.store.transaction() as tx:
            audit(tx, member, action, f"file:{file_id}", self.clock.now())
