"""The stand-ins for Twilio, Meta and Telegram, and the doors that lead to them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from channels.messenger import Messenger
from channels.telegram import TelegramDoor, TelegramPoller
from channels.telegram_client import TelegramClient
from channels.twilio import TwilioSms, TwilioWhatsApp
from demo.provider import SMS_NUMBER, WHATSAPP_NUMBER, Provider, provider_server
from storage.database import Database
from tests.channels import telegram_payloads
from tests.channels.graph_stand_in import Graph, GraphHome, graph_home
from tests.channels.mail_catcher import catcher
from tests.channels.messenger_payloads import page
from tests.channels.rungs import MONDAY, Rung, by_email, by_messenger, by_sms, by_telegram, by_whatsapp, on_the_web
from tests.channels.stop_ladder import Ladder, ladder_of
from tests.channels.telegram_host import TOKEN, BotApi, bot_api
from tests.channels.twilio_payloads import NOW, SERVICE, account
from tests.channels.widget_site import STRICT, Council, council
from tests.channels.widget_visitor import Come, visitor
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.journeys import stage
from tests.journeys.given import GivenClock


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


@pytest.fixture
def bots() -> Iterator[BotApi]:
    with bot_api() as running:
        yield running


@pytest.fixture
def telegram_client(bots: BotApi) -> Iterator[TelegramClient]:
    client = TelegramClient(token=TOKEN, url=bots.url)
    yield client
    client.close()


@pytest.fixture
def telegram(bots: BotApi, telegram_client: TelegramClient) -> TelegramDoor:
    return TelegramDoor(telegram_payloads.account(api_url=bots.url), telegram_client)


@pytest.fixture
def poller(bots: BotApi, telegram_client: TelegramClient) -> TelegramPoller:
    return TelegramPoller(telegram_payloads.account(api_url=bots.url, secret=""), telegram_client)


@pytest.fixture(scope="module")
def widget_browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def running_council() -> Iterator[Council]:
    with council() as site:
        yield site


@pytest.fixture
def council_site(running_council: Council) -> Council:
    """Under the strictest policy, and well."""
    running_council.policy = STRICT
    running_council.web.is_down = False
    return running_council


@pytest.fixture
def come(widget_browser: Browser, council_site: Council) -> Iterator[Come]:
    with ExitStack() as stack:
        yield lambda **how: stack.enter_context(visitor(widget_browser, council_site, **how))


@pytest.fixture
def one_database(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'store.db')}")
    yield opened
    opened.close()


@pytest.fixture
def ladder(request: pytest.FixtureRequest, one_database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ladder]:
    name, give = request.param, request.getfixturevalue
    clock = GivenClock(MONDAY)
    monkeypatch.setattr(stage, "GivenClock", lambda _: clock)
    with ExitStack() as stack:
        makes: dict[str, Callable[[], Rung]] = {
            "sms": lambda: by_sms(give("provider"), give("sms")),
            "whatsapp": lambda: by_whatsapp(give("provider"), give("whatsapp")),
            "messenger": lambda: by_messenger(give("graph"), give("messenger"), clock.now),
            "telegram": lambda: by_telegram(give("bots"), give("telegram")),
            "email": lambda: by_email(stack.enter_context(catcher()), clock.now),
        }
        yield ladder_of(one_database, makes[name]() if name in makes else on_the_web(name), monkeypatch)
