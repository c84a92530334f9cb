"""Which ways in and out are open: each provider whose settings are there gets its channels, webhooks and pollers.

A part of the wiring, as `app.py` is; nothing else imports it. A provider's library is imported only where it is used.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from bot.conversation import Say
from bot.invitations import INVITE
from bot.model import ENGLISH, ChannelName, Locale
from bot.nudges import NUDGE
from bot.ports import Channel, Poller
from bot.script import Script
from bot.wording import Wording
from channels.base import Door, Gate
from channels.manual import by_hand, imported
from channels.pages import Pages
from channels.twilio import STATUS_PATH, TwilioAccount, TwilioGate, TwilioSms, TwilioWhatsApp, Unsendable
from channels.twilio_checks import VOICE_PATH
from channels.twilio_events import SMS, WHATSAPP
from channels.twilio_voice import TwilioVoiceGate
from channels.webchat import WebChat
from settings import Settings, listed

Settle = Callable[[str], timedelta]


@dataclass
class Doors:
    """``gates`` by the path that the provider calls. ``pollers``: ways in that nobody calls."""

    channels: dict[ChannelName, Channel] = field(default_factory=dict)
    gates: dict[str, Gate] = field(default_factory=dict)
    pollers: list[Poller] = field(default_factory=list)

    def add(self, *doors: Door) -> None:
        self.channels |= {door.name: door for door in doors}


def open_doors(settings: Settings, script: Script, wording: Wording, *, secret_key: str) -> Doors:
    """Raises ``BadSettings`` where a provider's settings are wrong or not all there."""

    def settle(name: str) -> timedelta:
        return settings.settle(script.settle(ChannelName(name)))

    doors = Doors()
    doors.add(WebChat(settle("webchat")), Pages(settle("pages")), by_hand(), imported())
    if settings.twilio_account_sid:
        _open_twilio(doors, settings, settle, script, wording)
    if settings.meta_page_id:
        _open_meta(doors, settings, settle)
    if settings.telegram_token:
        _open_telegram(doors, settings, settle)
    if settings.email_address:
        _open_email(doors, settings, settle, script, secret_key)
    return doors


def _open_twilio(doors: Doors, settings: Settings, settle: Settle, script: Script, wording: Wording) -> None:
    account = TwilioAccount(
        sid=settings.twilio_account_sid,
        tokens=listed(settings.twilio_auth_token),
        api_url=settings.twilio_api_url,
        content_url=settings.twilio_content_url,
        public_url=settings.public_url,
        messaging_service_sid=settings.twilio_messaging_service_sid,
    )
    # Whatever the gate can hear has a channel, for danger must be kept even where the answer cannot go.
    if settings.twilio_sms_number or settings.twilio_messaging_service_sid:
        doors.add(TwilioSms(account, number=settings.twilio_sms_number, settle=settle("sms")))
    else:
        doors.add(Unsendable(SMS, missing="TWILIO_SMS_NUMBER", settle=settle("sms"), account=account))
    if settings.twilio_whatsapp_number:
        doors.add(
            TwilioWhatsApp(
                account,
                number=settings.twilio_whatsapp_number,
                settle=settle("whatsapp"),
                templates={
                    (key, Locale(tag.strip())): sid.strip()
                    for key, given in ((NUDGE, settings.twilio_template_nudge), (INVITE, settings.twilio_template_invite))
                    for tag, _, sid in (pair.partition("=") for pair in listed(given))
                },
                fixed=wording.is_fixed if settings.twilio_whatsapp_buttons else None,
            )
        )
    else:
        doors.add(Unsendable(WHATSAPP, missing="TWILIO_WHATSAPP_NUMBER", settle=settle("whatsapp"), account=account))
    gate = TwilioGate(account)

    def spoken() -> str:
        return wording.speak(Say("call.spoken", script.signposts), ENGLISH, SMS).text

    doors.gates |= {"/webhooks/twilio": gate, STATUS_PATH: gate, VOICE_PATH: TwilioVoiceGate(account, words=spoken)}


def _open_meta(doors: Doors, settings: Settings, settle: Settle) -> None:
    from channels.data_deletion import DATA_DELETION_PATH, DataDeletionGate
    from channels.messenger import MESSENGER_PATH, Messenger, MessengerGate
    from channels.messenger_api import MetaPage
    from channels.page_comments import CommentsDoor

    page = MetaPage(
        page_id=settings.meta_page_id,
        token=settings.meta_page_token,
        app_secrets=listed(settings.meta_app_secret),
        verify_token=settings.meta_verify_token,
        public_url=settings.public_url,
        app_id=settings.meta_app_id,
        api_url=settings.meta_api_url,
    )
    doors.add(Messenger(page, settle=settle("messenger")), CommentsDoor(page))
    doors.gates |= {MESSENGER_PATH: MessengerGate(page), DATA_DELETION_PATH: DataDeletionGate(page)}


def _open_telegram(doors: Doors, settings: Settings, settle: Settle) -> None:
    """By webhook where a secret for it is set; else we ask, for Telegram may not be able to reach us."""
    from channels.telegram import WEBHOOK_PATH, TelegramAccount, TelegramDoor, TelegramGate, TelegramPoller
    from channels.telegram_client import TelegramClient

    account = TelegramAccount(
        token=settings.telegram_token,
        secret=settings.telegram_secret,
        public_url=settings.public_url,
        api_url=settings.telegram_api_url,
    )
    client = TelegramClient(token=account.token, url=account.api_url)
    doors.add(TelegramDoor(account, client, settle=settle("telegram")))
    if account.secret:
        doors.gates[WEBHOOK_PATH] = TelegramGate(account)
    else:
        doors.pollers.append(TelegramPoller(account, client))


def _open_email(doors: Doors, settings: Settings, settle: Settle, script: Script, secret_key: str) -> None:
    from channels.email import EmailDoor, EmailGate
    from channels.mail_account import MailAccount, MailOAuth
    from channels.mail_in import MailPoller
    from channels.mail_login import Tokens
    from channels.mail_reading import MailReader

    oauth = None
    if settings.email_oauth_token_url:
        oauth = MailOAuth(
            token_url=settings.email_oauth_token_url,
            client_id=settings.email_oauth_client_id,
            client_secret=settings.email_oauth_client_secret,
            scope=settings.email_oauth_scope,
            refresh_token=settings.email_oauth_refresh_token,
        )
    account = MailAccount.read(
        settings.email_address,
        # A key of its own, so that a signature made for another purpose is never good here.
        keys=(hmac.digest(secret_key.encode(), b"message ids of mail", hashlib.sha256),),
        imap_url=settings.email_imap_url,
        smtp_url=settings.email_smtp_url,
        oauth=oauth,
        authserv_id=settings.email_authserv_id,
        bounce_address=settings.email_bounce_address,
    )
    tokens = None if oauth is None else Tokens(oauth, seconds=time.monotonic)
    reader = MailReader(account, is_command=lambda text: script.commands.recognise(text, ENGLISH) is not None)
    doors.add(EmailDoor(account, settle=settle("email"), tokens=tokens))
    if account.imap is not None:
        doors.pollers.append(MailPoller(account, reader, tokens=tokens))
    if secrets := listed(settings.email_webhook_secret):
        gate = EmailGate(reader, secrets=secrets)
        # Mailgun posts the mail as it came only to an address that ends so.
        doors.gates |= {"/webhooks/email": gate, "/webhooks/email/mime": gate}
