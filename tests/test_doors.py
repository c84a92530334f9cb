"""Which doors are open: by the settings that are there, and none by half of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import BadSettings
from bot.invitations import INVITE
from bot.model import ENGLISH, ChannelName, Locale
from bot.script import Script
from bot.wording import Wording
from doors import Doors, open_doors
from settings import Settings

ROOT = Path(__file__).parents[1]
OURS = {"webchat", "pages", "byhand", "import"}
"""What needs no provider: the web, and what staff type in or read out of a file."""
META = {"meta_page_id": "1001", "meta_page_token": "page-token", "meta_app_secret": "secret", "meta_verify_token": "word"}
TELEGRAM = {"telegram_token": "123456:" + "A" * 35}
EMAIL = {"email_address": "send@somerset.example", "email_imap_url": "imaps://send:pw@mail.somerset.example"}
TWILIO = {"twilio_account_sid": f"AC{'0' * 32}", "twilio_auth_token": "t", "twilio_sms_number": "+447700900000"}


def opened(**given: str) -> Doors:
    return open_doors(
        Settings.read(public_url="https://earshot.example", **given), Script.load(), Wording.load(), secret_key="k" * 32
    )


def test_without_settings_only_what_needs_no_provider_is_open() -> None:
    doors = opened()

    assert set(doors.channels) == OURS
    assert doors.gates == {}
    assert doors.pollers == []


@pytest.mark.parametrize(
    ("given", "channels", "paths", "pollers"),
    [
        (TWILIO, {"sms", "whatsapp"}, {"/webhooks/twilio", "/webhooks/twilio/status", "/webhooks/twilio/voice"}, 0),
        (META, {"messenger", "comments"}, {"/webhooks/messenger", "/webhooks/meta/data-deletion"}, 0),
        (TELEGRAM | {"telegram_secret": "word"}, {"telegram"}, {"/webhooks/telegram"}, 0),
        (TELEGRAM, {"telegram"}, set(), 1),
        (EMAIL, {"email"}, set(), 1),
        (EMAIL | {"email_webhook_secret": "word"}, {"email"}, {"/webhooks/email"}, 1),
        (
            {"email_address": "send@somerset.example", "email_webhook_secret": "word"},
            {"email"},
            {"/webhooks/email", "/webhooks/email/mime"},
            0,
        ),
    ],
)
def test_each_provider_has_its_channels_its_webhooks_and_its_pollers(
    given: dict[str, str], channels: set[str], paths: set[str], pollers: int
) -> None:
    doors = opened(**given)

    assert channels <= set(doors.channels)
    assert paths <= set(doors.gates)
    assert len(doors.pollers) == pollers


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"meta_page_id": "1001"}, "META_PAGE_TOKEN"),
        ({"telegram_secret": "word"}, "TELEGRAM_TOKEN"),
        ({"email_imap_url": "imaps://a:b@c"}, "EMAIL_ADDRESS"),
        ({"email_address": "send@somerset.example"}, "EMAIL_IMAP_URL"),
        ({"telegram_token": "nonsense"}, "TELEGRAM_TOKEN"),
        (EMAIL | {"email_oauth_token_url": "https://login.example/token"}, "EMAIL_OAUTH_CLIENT_ID"),
    ],
)
def test_half_of_a_provider_stops_the_start_with_a_sentence(given: dict[str, str], named: str) -> None:
    with pytest.raises(BadSettings, match=named):
        opened(**given)


def test_no_provider_is_loaded_that_is_off() -> None:
    """Telegram's library alone takes longer to load than all of a small web process."""
    program = (
        "import sys\nfrom settings import Settings\nfrom bot.script import Script\n"
        "from bot.wording import Wording\nfrom doors import open_doors\n"
        "open_doors(Settings.read(), Script.load(), Wording.load(), secret_key='k' * 32)\n"
        "loaded = {name.split('.')[0] for name in sys.modules}\n"
        "print(sorted(loaded & {'telegram', 'httpx', 'imap_tools', 'bs4', 'mailparser_reply'}))"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_an_invitation_has_its_own_template_on_whatsapp() -> None:
    template = f"HX{'2' * 32}"
    doors = opened(**TWILIO, twilio_whatsapp_number="+447700900001", twilio_template_invite=f"en={template}")
    whatsapp = doors.channels[ChannelName("whatsapp")]

    assert whatsapp.template_for(INVITE, ENGLISH) == template
    assert whatsapp.template_for(INVITE, Locale("pl")) is None
