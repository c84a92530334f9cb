"""The stand-in for Twilio, and the two doors that lead to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from channels.twilio import TwilioSms, TwilioWhatsApp
from demo.provider import SMS_NUMBER, WHATSAPP_NUMBER, Provider, provider_server
from tests.channels.twilio_payloads import NOW, SERVICE, account


@pytest.fixture
def provider() -> Iterator[Provider]:
    with provider_server(services=(SERVICE,), now=lambda: NOW) as running:
        yield running


@pytest.fixture
def sms(provider: Provider) -> TwilioSms:
    return TwilioSms(account(api_url=provider.url), number=SMS_NUMBER)


@pytest.fixture
def whatsapp(provider: Provider) -> TwilioWhatsApp:
    return TwilioWhatsApp(account(api_url=provider.url), number=WHATSAPP_NUMBER)
