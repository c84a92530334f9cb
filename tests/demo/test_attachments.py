"""What invented people send along is real enough to be kept and shown."""

from __future__ import annotations

import pytest

from bot.errors import MediaGone
from bot.media import FileKind
from bot.model import Media
from demo.attachments import MadeUpFiles
from storage.scrubbing import clean


@pytest.mark.parametrize(
    ("listed", "kind", "kept"),
    [("image/jpeg", FileKind.PHOTO, "image/jpeg"), ("audio/ogg", FileKind.AUDIO, "audio/wav")],
)
def test_what_they_send_is_kept_as_what_it_is(listed: str, kind: FileKind, kept: str) -> None:
    cleaned = clean(MadeUpFiles().fetch(Media(url="made-up", content_type=listed), None))

    assert (cleaned.kind, cleaned.content_type) == (kind, kept)


def test_what_nobody_drew_is_gone() -> None:
    with pytest.raises(MediaGone):
        MadeUpFiles().fetch(Media(url="made-up", content_type="application/pdf"), None)
