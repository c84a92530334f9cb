"""Meta's request, on a person's behalf, that what we know of them be deleted; and what they may ask about it with.

https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback. The person is named
by an id that only this app knows them by; it is not the one they have with the page, so nobody is found by it. The
request is kept with its code, and the page it leads to says how a person is deleted here: by writing DELETE to us.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b32encode, urlsafe_b64decode
from collections.abc import Sequence
from urllib.parse import parse_qs

from bot.errors import BadSignature, BadWebhook
from bot.events import DeletionAsked, Event
from channels.base import Answer, Gate, Webhook
from channels.loose_json import Json, plain, read_object
from channels.messenger_api import MetaPage
from channels.messenger_events import MESSENGER

DATA_DELETION_PATH = "/webhooks/meta/data-deletion"

_ALGORITHM = "HMAC-SHA256"
_MOST_FIELDS = 20
_GROUPS, _IN_A_GROUP = 2, 4
_SPOKEN = str.maketrans("ILOU", "8901")
"""Letters that are heard or read as others, and the digits that base 32 has to spare."""


def deletion_page(code: str) -> str:
    """The path of the page that says, without a login, where a deletion stands."""
    return f"/privacy/deletion/{code}"


class DataDeletionGate(Gate):
    def __init__(self, page: MetaPage) -> None:
        self._page = page

    def verify(self, webhook: Webhook) -> None:
        """The signature is over the payload as it is encoded, and the payload must say by which algorithm."""
        signature, _, payload = _signed_request(webhook).partition(".")
        given = _decoded(signature)
        for secret in self._page.app_secrets:
            signed = hmac.new(secret.encode(), payload.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
            if given is not None and hmac.compare_digest(signed, given) and _claims_algorithm(payload):
                return
        raise BadSignature

    def parse(self, webhook: Webhook) -> Sequence[Event]:
        person = plain(_payload(_signed_request(webhook).partition(".")[2]), "user_id")
        if not person:
            raise BadWebhook("The request names nobody.")
        return (DeletionAsked(channel=MESSENGER, code=self._code(person)),)

    def answer(self, events: Sequence[Event] = ()) -> Answer:
        code = next((event.code for event in events if isinstance(event, DeletionAsked)), "")
        url = f"{self._page.public_url.rstrip('/')}{deletion_page(code)}"
        said = json.dumps({"url": url, "confirmation_code": code}) if code else "{}"
        return Answer(said, content_type="application/json")

    def _code(self, person: str) -> str:
        """Eight signs that can be said aloud. The same person has the same code, and nobody can tell it from their id."""
        told = hmac.new(self._page.app_secrets[-1].encode(), f"deletion|{person}".encode(), hashlib.sha256).digest()
        signs = b32encode(told).decode().translate(_SPOKEN)
        return "-".join(signs[at : at + _IN_A_GROUP] for at in range(0, _GROUPS * _IN_A_GROUP, _IN_A_GROUP))


def _signed_request(webhook: Webhook) -> str:
    """The one field of the form. Raises ``BadSignature`` where it is not there: then nobody has signed anything."""
    try:
        fields = parse_qs(webhook.body.decode("utf-8", "replace"), max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise BadSignature from error
    return fields.get("signed_request", [""])[0]


def _claims_algorithm(payload: str) -> bool:
    try:
        return plain(_payload(payload), "algorithm").upper() == _ALGORITHM
    except BadWebhook:
        return False


def _payload(encoded: str) -> Json:
    decoded = _decoded(encoded)
    if decoded is None:
        raise BadWebhook("The payload is not in base64.")
    return read_object(decoded)


def _decoded(encoded: str) -> bytes | None:
    """Base 64 for addresses, its padding left out."""
    try:
        return urlsafe_b64decode(encoded.encode("ascii") + b"=" * (-len(encoded) % 4))
    except ValueError:
        return None
