"""Photos and voice notes that Twilio keeps for us: from its API, with our credentials, and on to its CDN without them.

https://www.twilio.com/docs/messaging/api/media-resource. The address that a message gives is the API's; the API answers
with a redirect to a link that is good for four hours, at one host while "Enforce HTTP Auth on Media URLs" is on and at
another while it is off.
"""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit

from bot.errors import MediaRefused, ProviderUnavailable
from bot.model import Media
from channels.calls import is_loopback
from channels.fetching import Download, Resolve

CDN = ("mms.twiliocdn.com", "s3-external-1.amazonaws.com")
"""Where Twilio's redirects lead, with HTTP authentication on media and without."""

_OWN = ".twilio.com"
_WORLD = "api.twilio.com"
"""What a message may name even where the account's own region is another."""


class TwilioMedia:
    """The files of one account. Safe between threads."""

    def __init__(self, *, sid: str, tokens: tuple[str, ...], url: str, resolve: Resolve | None = None) -> None:
        host = urlsplit(url).hostname or ""
        hosts = {host, _WORLD} if host.endswith(_OWN) else {host}
        self._credentials = [(sid, token) for token in tokens]
        self._download = Download(hosts=hosts, resolve=resolve, allow_loopback=is_loopback(host))

    def get(self, media: Media) -> bytes:
        """The file. Raises ``MediaGone``, ``MediaRefused`` or ``ProviderUnavailable``."""
        if not media.url:
            raise MediaRefused("The message gives no address for this file.")
        *others, last = self._credentials
        for credentials in others:
            try:
                return self._download.get(media.url, auth=credentials, then=CDN)
            except ProviderUnavailable as refused:
                # While tokens are being changed either may be the valid one.
                if refused.code != str(HTTPStatus.UNAUTHORIZED.value):
                    raise
        return self._download.get(media.url, auth=last, then=CDN)
