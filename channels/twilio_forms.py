"""What Twilio posted to us, read byte by byte, and whether it was Twilio: the form, the URL it signed, the signature.

https://www.twilio.com/docs/usage/security#validating-requests
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from urllib.parse import unquote_to_bytes

from twilio.request_validator import SIGNATURE_SETTINGS_HEADER, RequestValidator, get_signature_algorithm
from werkzeug.datastructures import MultiDict

from bot.errors import BadSignature, BadWebhook
from channels.base import Webhook

_Pairs = list[tuple[bytes, bytes]]

_LENGTHS = frozenset({28, 44})
"""Of a SHA-1 and of a SHA-256 in base64: anything else costs us no computing."""

_PORTS = {"https": "443", "http": "80"}


def check_signature(webhook: Webhook, tokens: Sequence[str]) -> None:
    """Raise ``BadSignature`` unless one of the tokens signed this very URL and body."""
    given = webhook.headers.get("x-twilio-signature", "").strip().encode("utf-8", "surrogatepass")
    if len(given) not in _LENGTHS:
        raise BadSignature
    pairs: _Pairs = []
    if webhook.method != "GET":
        if _is_json(webhook):
            _check_body_hash(webhook)
        else:
            pairs = _pairs(webhook.body)
    algorithm = get_signature_algorithm(webhook.headers.get(SIGNATURE_SETTINGS_HEADER.lower()))
    form = MultiDict((name.decode("utf-8", "replace"), value.decode("utf-8", "replace")) for name, value in pairs)
    for token, url in product(tokens, _urls(webhook.url)):
        if any(hmac.compare_digest(computed, given) for computed in _signatures(token, url, form, pairs, algorithm)):
            return
    raise BadSignature


def read_fields(webhook: Webhook) -> Mapping[str, str]:
    """The fields by name, the first of each. Halves of surrogate pairs stay as they came. Raises ``BadWebhook``."""
    if webhook.method == "GET":
        return query_of(webhook)
    if _is_json(webhook):
        return _json_fields(webhook.body)
    return _decoded(_pairs(webhook.body))


def query_of(webhook: Webhook) -> Mapping[str, str]:
    """The fields of the URL's query: what we wrote there ourselves, or all there is of a GET. Raises ``BadWebhook``."""
    return _decoded(_pairs(_query(webhook)))


def _query(webhook: Webhook) -> bytes:
    return webhook.url.partition("?")[2].partition("#")[0].encode("utf-8", "surrogatepass")


def _is_json(webhook: Webhook) -> bool:
    return webhook.headers.get("content-type", "").split(";")[0].strip().lower() == "application/json"


def _pairs(form: bytes) -> _Pairs:
    """Names and values of an ``application/x-www-form-urlencoded`` body; blank ones too, for they are signed."""
    return [
        (_unquoted(name), _unquoted(value)) for name, _, value in (field.partition(b"=") for field in form.split(b"&") if field)
    ]


def _unquoted(value: bytes) -> bytes:
    return unquote_to_bytes(value.replace(b"+", b" "))


def _decoded(pairs: _Pairs) -> dict[str, str]:
    """Words that are not UTF-8 cannot be read. Anything else that is not is no reason to lose them."""
    fields: dict[str, str] = {}
    for name, value in pairs:
        fields.setdefault(_text(name), _text(value, strict=name == b"Body"))
    return fields


def _text(raw: bytes, *, strict: bool = False) -> str:
    try:
        return raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        if strict:
            raise BadWebhook("The words are not UTF-8.") from error
        return raw.decode("utf-8", "replace")


def _json_fields(body: bytes) -> dict[str, str]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadWebhook("The body is not JSON.") from error
    if not isinstance(content, dict):
        raise BadWebhook("The JSON is not an object.")
    return {name: str(value) for name, value in content.items() if isinstance(value, str | int | float)}


def _check_body_hash(webhook: Webhook) -> None:
    """JSON is not part of what is signed; its hash in the query is. Without one anybody could have changed the body."""
    hashes = [value for name, value in _pairs(_query(webhook)) if name == b"bodySHA256"]
    computed = hashlib.sha256(webhook.body).hexdigest().encode()
    if not hashes or not hmac.compare_digest(computed, hashes[0]):
        raise BadSignature


def _urls(url: str) -> Iterator[str]:
    """The URL as configured, and with its port left out or put in: Twilio's servers do not agree among themselves.

    The rest is never parsed and put together again, for a parser drops a bare ``?`` and Twilio does not.
    """
    yield url
    scheme, _, rest = url.partition("://")
    end = min((rest.find(sign) for sign in "/?#" if sign in rest), default=len(rest))
    origin, target = rest[:end], rest[end:]
    host, colon, port = origin.rpartition(":")
    if colon and port.isdigit():
        yield f"{scheme}://{host}{target}"
    elif scheme in _PORTS:
        yield f"{scheme}://{origin}:{_PORTS[scheme]}{target}"


def _signatures(token: str, url: str, form: MultiDict[str, str], pairs: _Pairs, algorithm: str) -> Iterator[bytes]:
    """What the header should say. Twilio signs text; a form that is not clean UTF-8 may have been signed as its bytes."""
    try:
        yield RequestValidator(token).compute_signature(url, form, algorithm).encode()
    except ValueError:  # an algorithm this library does not know, or a URL that is not text
        return
    if any("\ufffd" in name + value for name, value in form.items(multi=True)):
        signed = url.encode() + b"".join(name + value for name, value in sorted(set(pairs)))
        digest = hashlib.sha256 if algorithm.upper() == "HMAC_SHA256" else hashlib.sha1
        yield b64encode(hmac.new(token.encode(), signed, digest).digest())
