"""Photos, voice notes and papers from Messenger: where Meta keeps them, and which of what is sent is no file at all."""

from __future__ import annotations

from bot.errors import MediaRefused
from bot.model import Media
from channels.calls import host_of, is_loopback
from channels.fetching import Download
from channels.messenger_api import MetaPage

HOSTS = (".fbcdn.net", ".fbsbx.com", ".facebook.com")
"""Where Meta's links lead. They need no login, and end after a while."""

KINDS = frozenset({"image", "audio", "video", "file", "photo"})
"""The kinds of attachment that are files, in messages and in comments."""


class MetaFiles:
    def __init__(self, page: MetaPage) -> None:
        host = host_of(page.api_url, setting="META_API_URL")
        stand_in = (host,) if is_loopback(host) else ()
        self._download = Download(hosts=(*HOSTS, *stand_in), allow_loopback=bool(stand_in))

    def get(self, media: Media) -> bytes:
        """Raises ``MediaRefused``, ``MediaGone`` or ``ProviderUnavailable``."""
        if media.kind not in KINDS or not media.url:
            raise MediaRefused("What was sent is not a file; it can be seen in the page's own inbox.")
        return self._download.get(media.url)
