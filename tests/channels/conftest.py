"""The stand-ins for Twilio and Meta, and the doors that lead to them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from channels.messenger import Messenger
from channels.twilio import TwilioSms, TwilioWhatsApp
from demo.provider import SMS_NUMBER, WHATSAPP_NUMBER, Provider, provider_server
from tests.channels.graph_stand_in import Graph, GraphHome, graph_home
from tests.channels.messenger_payloads import page
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


@pytest.fixture(scope="session")
def home_of_graph() -> Iterator[GraphHome]:
    with graph_home() as running:
        yield running


@pytest.fixture
def graph(home_of_graph: GraphHome) -> Graph:
    return home_of_graph.fresh()


@pytest.fixture
def messenger(graph: Graph) -> Messenger:
    return Messenger(page(api_url=graph.url))
