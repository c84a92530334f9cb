"""What a mail provider posts to us (inbound parse), and whether it was them: the secret, the signature, the mail inside.

https://www.twilio.com/docs/sendgrid/for-developers/parsing-email/inbound-email (ask for the raw mail),
https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store (an address that ends in ``mime``),
https://postmarkapp.com/developer/webhooks/inbound-webhook ("include raw email content"); or the mail alone.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import unquote_plus, unquote_to_bytes

from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from bot.errors import BadSettings, BadSignature, BadWebhook, ChannelMisconfigured
from channels.base import Webhook

RAW_FIELDS = ("email", "body-mime")
"""Where SendGrid and Mailgun put the mail as it came."""

OTHER_FIELDS = frozenset({"from", "sender", "subject", "text", "html", "body-plain", "body-html"})
"""What both post instead while they are not told to send the mail as it came."""

MAILGUN_FIELDS = ("timestamp", "token", "signature")
LATE, EARLY = 9 * 3600.0, 300.0
"""Seconds. Mailgun comes again for eight hours after a failure, and a mail refused for its age would be lost."""

_MOST_PARTS = 500
_MOST_REMEMBERED = 10_000
_LONGEST_SIGNED = 200

Form = Mapping[str, bytes]


class MailSecrets:
    """Who may post mails to us: whoever knows a secret of ours, as a password, in the query, or by signing (Mailgun).

    Several secrets are good while they are being changed. Does not show them when it is printed.
    """

    def __init__(self, secrets: Sequence[str], *, seconds: Callable[[], float]) -> None:
        if not secrets or not all(secrets):
            # With an empty secret anybody could post.
            raise BadSettings("The webhook for email needs EMAIL_WEBHOOK_SECRET.")
        self._secrets = tuple(secret.encode() for secret in secrets)
        self._seconds = seconds
        self._tokens: dict[bytes, bytes] = {}

    def check_shown(self, webhook: Webhook) -> None:
        """Raise ``BadSignature`` unless a secret stands in the header or the address."""
        if not self._is_shown(webhook):
            raise BadSignature

    def _is_shown(self, webhook: Webhook) -> bool:
        return any(self._knows(given) for given in (*_from_header(webhook), *_from_query(webhook)))

    def check(self, webhook: Webhook) -> None:
        """Raise ``BadSignature`` unless it is one of them."""
        if self._is_shown(webhook):
            return
        if webhook.headers.get("authorization", "").strip():
            raise BadSignature
        try:
            form = _form(webhook) or {}
        except BadWebhook as error:
            raise BadSignature from error
        timestamp, token, signature = (form.get(name, b"")[:_LONGEST_SIGNED] for name in MAILGUN_FIELDS)
        if not (timestamp and token and self._signed(timestamp + token, signature) and self._is_fresh(timestamp)):
            raise BadSignature
        if not self._is_new(token, form.get("body-mime", b"")):
            raise BadSignature

    def _knows(self, given: str) -> bool:
        as_bytes = given.encode("utf-8", "surrogatepass")
        return sum(hmac.compare_digest(as_bytes, secret) for secret in self._secrets) > 0  # each is compared: no hint which

    def _signed(self, signed: bytes, signature: bytes) -> bool:
        computed = (hmac.new(secret, signed, hashlib.sha256).hexdigest().encode() for secret in self._secrets)
        return sum(hmac.compare_digest(one, signature) for one in computed) > 0

    def _is_fresh(self, timestamp: bytes) -> bool:
        return timestamp.isdigit() and -EARLY <= self._seconds() - int(timestamp[:15]) <= LATE

    def _is_new(self, token: bytes, mail: bytes) -> bool:
        """Whether the token comes for the first time, or again with the same mail.

        The signature is not over the mail, so a token that was used proves nothing for another one.
        """
        digest = hashlib.sha256(mail).digest()
        known = self._tokens.setdefault(token, digest)
        if len(self._tokens) > _MOST_REMEMBERED:
            self._tokens.pop(next(iter(self._tokens)), None)
        return known == digest


def mail_in(webhook: Webhook) -> bytes:
    """The mail as it came to the provider. Raises ``BadWebhook`` where there is none.

    A form that holds the mail taken apart is no fault of whoever wrote it: ``ChannelMisconfigured`` makes the provider
    come again for hours (a 400 would make it give up), in which the tick can be set.
    """
    kind = _kind(webhook)
    if kind == "application/json":
        raw = _from_json(webhook.body)
    elif (form := _form(webhook)) is not None:
        raw = next((form[name] for name in RAW_FIELDS if form.get(name)), b"")
        if not raw.strip() and OTHER_FIELDS & form.keys():
            raise ChannelMisconfigured("The mail provider posts mails taken apart; tell it to post the raw, full MIME message.")
    else:
        raw = webhook.body
    if not raw.strip():
        raise BadWebhook("There is no mail in it.")
    return raw


def _from_header(webhook: Webhook) -> Iterator[str]:
    """The bearer's token, or the password of basic authentication whatever the user's name is."""
    scheme, _, given = webhook.headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() == "bearer":
        yield given.strip()
    elif scheme.lower() == "basic":
        try:
            yield b64decode(given.strip(), validate=True).decode().partition(":")[2]
        except ValueError:
            return


def _from_query(webhook: Webhook) -> Iterator[str]:
    """``?key=…``, for providers that can be given an address and nothing else."""
    for pair in webhook.url.partition("?")[2].partition("#")[0].split("&"):
        name, _, given = pair.partition("=")
        if name == "key":
            yield unquote_plus(given)


def _kind(webhook: Webhook) -> str:
    return webhook.headers.get("content-type", "").partition(";")[0].strip().lower()


def _from_json(body: bytes) -> bytes:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadWebhook("The body is not JSON.") from error
    if not isinstance(content, dict):
        raise BadWebhook("The JSON is not an object.")
    raw = content.get("RawEmail")
    if not raw and content.get("MessageID"):
        raise ChannelMisconfigured("Postmark posts mails taken apart; tick that the raw email is to be included.")
    return raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else b""


def _form(webhook: Webhook) -> Form | None:
    """The fields of a form, as bytes: a mail need not be UTF-8. None for what is no form."""
    kind, options = parse_options_header(webhook.headers.get("content-type", ""))
    if kind == "application/x-www-form-urlencoded":
        return _urlencoded(webhook.body)
    if kind == "multipart/form-data":
        return _multipart(webhook.body, options.get("boundary", "").encode("latin-1", "ignore"))
    return None


def _urlencoded(body: bytes) -> Form:
    fields: dict[str, bytes] = {}
    for pair in body.split(b"&"):
        name, _, given = pair.partition(b"=")
        fields.setdefault(unquote_to_bytes(name).decode("latin-1"), unquote_to_bytes(given.replace(b"+", b" ")))
    return fields


def _multipart(body: bytes, boundary: bytes) -> Form:
    if not boundary:
        raise BadWebhook("The form names no boundary.")
    decoder = MultipartDecoder(boundary, max_parts=_MOST_PARTS)
    fields: dict[str, bytearray] = {}
    current = bytearray()
    try:
        decoder.receive_data(body)
        decoder.receive_data(None)
        while not isinstance(event := decoder.next_event(), Epilogue | NeedData):
            if isinstance(event, Field | File):
                current = bytearray()
                fields.setdefault(event.name or "", current)
            elif isinstance(event, Data):
                current += event.data
    except (ValueError, HTTPException) as error:
        raise BadWebhook("The form cannot be taken apart.") from error
    return {name: bytes(given) for name, given in fields.items()}
