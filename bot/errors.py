"""What can go wrong, one class for each thing a caller does differently."""

from __future__ import annotations

from datetime import timedelta


class BotError(Exception):
    """Something in Earshot went wrong."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").split("\n")[0])


class BadSignature(BotError):
    """The request was not signed by the provider it claims to come from."""


class BadWebhook(BotError):
    """The request could not be read: it is not in the provider's form."""


class BadSettings(BotError):
    """A setting is missing or wrong."""


class BadContent(BotError):
    """A file in bot/content does not say what it must."""


class StoreUnavailable(BotError):
    """The store could not take the work just now; nothing was kept, so ask again."""


class WrongKeys(BotError):
    """The data keys do not open this store."""


class LeaseLost(BotError):
    """Another worker has taken this work over; leave it alone."""


class NotFound(BotError):
    """There is no such record."""


class BlobMissing(BotError):
    """A file that is in the record is not in the blob store: it was deleted there, or the setting names another place."""


class MediaError(BotError):
    """A file that came with a message cannot be had. ``detail`` is a sentence for the office."""


class MediaGone(MediaError):
    """The provider no longer has this file."""


class MediaRefused(MediaError):
    """This file is not fetched or not kept: too large, of a kind we do not take, or not at the provider's own host."""


class SendError(BotError):
    """A message could not be sent. Never raised itself: raise one of the classes below.

    ``detail`` is a sentence for the office; it holds no words of a parent and no address.
    """

    def __init__(self, detail: str | None = None, *, code: str | None = None, retry_after: timedelta | None = None) -> None:
        super().__init__(detail)
        self.code = code
        self.retry_after = retry_after


class ProviderUnavailable(SendError):
    """The provider did not answer, or answered that it is unwell. Try again later."""


class ProviderUncertain(SendError):
    """The provider may or may not have taken the message (the answer was lost). Ask before sending again."""


class Throttled(SendError):
    """The provider asks us to slow down. Nothing was sent."""


class Rejected(SendError):
    """The provider refused this message for good."""


class ContactOptedOut(SendError):
    """The person has told the provider to stop. Never try this address again on this sender."""


class ContactUnreachable(SendError):
    """This address cannot be reached: a wrong number, or a line that takes no messages."""


class WindowShut(SendError):
    """The provider's service window is shut; only an approved template could go."""


class ChannelMisconfigured(SendError):
    """The channel's settings or account are wrong; nothing will go until somebody mends them."""
