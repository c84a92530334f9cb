"""The signature, against vectors that Twilio's library for Node and openssl agree on."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from urllib.parse import quote_plus

import pytest

from bot.errors import BadSettings, BadSignature
from channels.base import Webhook
from channels.twilio_forms import check_signature
from tests.channels.twilio_payloads import FOLDER, account

VECTORS = json.loads((FOLDER / "signatures.json").read_text("utf-8"))


def _request(url: str, fields: list[list[str]], signature: str, **headers: str) -> Webhook:
    body = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in fields).encode()
    return Webhook("POST", url, body, {"x-twilio-signature": signature, **headers})


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["what"] for vector in VECTORS])
def test_twilios_own_vectors_are_genuine(vector: dict[str, object]) -> None:
    webhook = _request(vector["url"], vector["fields"], vector["signature"])  # type: ignore[arg-type] # as written there

    check_signature(webhook, [vector["token"]])  # type: ignore[list-item] # the same


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["what"] for vector in VECTORS])
def test_the_same_with_another_token_is_not(vector: dict[str, object]) -> None:
    webhook = _request(vector["url"], vector["fields"], vector["signature"])  # type: ignore[arg-type] # as written there

    with pytest.raises(BadSignature):
        check_signature(webhook, ["another token"])


@pytest.mark.parametrize(
    ("signed", "seen"),
    [
        ("https://earshot.example:443/webhooks/twilio?m=1", "https://earshot.example/webhooks/twilio?m=1"),
        ("http://earshot.example:80/webhooks/twilio", "http://earshot.example/webhooks/twilio"),
        ("https://earshot.example/webhooks/twilio", "https://earshot.example:8443/webhooks/twilio"),
        ("https://us:er@earshot.example:443/webhooks/twilio", "https://us:er@earshot.example/webhooks/twilio"),
        ("https://us:er@earshot.example/webhooks/twilio", "https://us:er@earshot.example:8443/webhooks/twilio"),
        ("https://[2001:db8::1]:443/webhooks/twilio", "https://[2001:db8::1]/webhooks/twilio"),
    ],
)
def test_twilio_may_have_signed_with_the_port_or_without(signed: str, seen: str) -> None:
    check_signature(_request(seen, [["MessageSid", "SM1"]], _sha1(f"{signed}MessageSidSM1")), ["token"])


@pytest.mark.parametrize(
    "seen",
    [
        "http://earshot.example/webhooks/twilio",
        "https://earshot.example/webhooks/Twilio",
        "https://earshot.example/webhooks/twilio/",
        "https://earshot.example/webhooks/twilio?",
        "https://EARSHOT.example/webhooks/twilio",
    ],
)
def test_any_other_difference_in_the_address_is_a_wrong_signature(seen: str) -> None:
    signature = _sha1("https://earshot.example/webhooks/twilioMessageSidSM1")

    with pytest.raises(BadSignature):
        check_signature(_request(seen, [["MessageSid", "SM1"]], signature), ["token"])


def test_a_newer_algorithm_is_followed_where_the_header_names_it() -> None:
    signed = b"https://earshot.example/webhooks/twilioMessageSidSM1"
    signature = b64encode(hmac.new(b"token", signed, hashlib.sha256).digest()).decode()
    settings = {"x-twilio-webhooks-signature-settings": "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"}

    check_signature(
        _request("https://earshot.example/webhooks/twilio", [["MessageSid", "SM1"]], signature, **settings), ["token"]
    )


def test_an_algorithm_nobody_knows_is_a_wrong_signature() -> None:
    settings = {"x-twilio-webhooks-signature-settings": "algorithm=ROT13"}
    url = "https://earshot.example/webhooks/twilio"

    with pytest.raises(BadSignature):
        check_signature(_request(url, [], _sha1(url), **settings), ["token"])


@pytest.mark.parametrize("tokens", [(), ("",), ("token", "")])
def test_an_account_without_a_token_is_refused_for_anybody_could_sign_with_none(tokens: tuple[str, ...]) -> None:
    with pytest.raises(BadSettings):
        account(tokens=tokens)


def _sha1(signed: str) -> str:
    return b64encode(hmac.new(b"token", signed.encode(), hashlib.sha1).digest()).decode()
