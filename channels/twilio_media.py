"""Photos and voice notes that Twilio keeps for us: from its API, with our credentials, and on to its CDN without them.
Once they are kept here, Twilio is asked to delete its own copy, for it would keep it until then.

https://www.twilio.com/docs/messaging/api/media-resource. The address that a message gives is the API's; the API answers
with a redirect to a link that is good for four hours, at one host while "Enforce HTTP Auth on Media URLs" is on and at
another while it is off.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from urllib.parse import urlsplit

from bot.errors import MediaRefused, ProviderUnavailable, SendError
from bot.model import Media
from channels.calls import is_loopback
from channels.fetching import Download, Resolve
from channels.twilio_api import TwilioApi

CDN = ("mms.twiliocdn.com", "s3-external-1.amazonaws.com")
"""Where Twilio's redirects lead, with HTTP authentication on media and without."""

_OWN = ".twilio.com"
_WORLD = "api.twilio.com"
"""What a message may name even where the account's own region is another."""


_RESOURCE = re.compile(r"/2010-04-01/Accounts/(AC[0-9a-f]{32})/Messages/([SM]M[0-9a-f]{32})/Media/(ME[0-9a-f]{32})\Z")
_NOT_THERE = frozenset({"20404", "404"})


class TwilioMedia:
    """The files of one account. Safe between threads."""

    def __init__(self, *, sid: str, tokens: tuple[str, ...], url: str, resolve: Resolve | None = None) -> None:
        host = urlsplit(url).hostname or ""
        hosts = {host, _WORLD} if host.endswith(_OWN) else {host}
        self._sid = sid
        self._api = TwilioApi(sid=sid, tokens=tokens, url=url)
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

    def forget(self, media: Media) -> None:
        """Delete Twilio's copy; one that is not there, or not of this account, is left. Raises ``ProviderUnavailable``.

        The address of the message only says which: the call goes to the API, wherever that address may lead.
        """
        named = _RESOURCE.search(media.url)
        if named is None or named[1] != self._sid:
            return
        try:
            self._api.delete_media(message=named[2], media=named[3])
        except SendError as failed:
            if failed.code not in _NOT_THERE:
                raise ProviderUnavailable(str(failed), code=failed.code, retry_after=failed.retry_after) from None
