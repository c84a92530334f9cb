"""`earshot chat`: talk to the bot in the terminal, on a store that is thrown away."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from uuid import uuid4

import click

import app
from bot.model import Address, ChannelName, InboundMessage, Locale
from channels.console import Console
from storage import migrations
from storage.database import Database
from storage.keys import new_key


@click.command()
@click.option(
    "--as",
    "as_channel",
    type=click.Choice(["console", "sms"]),
    default="console",
    show_default=True,
    help="Word it as this channel would: sms shows segments.",
)
@click.option("--locale", default="en", show_default=True, help="The language to talk in, as a tag: en, en-x-easyread.")
def chat(as_channel: str, locale: str) -> None:
    """Talk to the bot here. Nothing is kept; Ctrl+D ends it."""
    with tempfile.TemporaryDirectory(prefix="earshot-chat-") as folder:
        url = f"sqlite:///{Path(folder) / 'chat.db'}"
        migrations.upgrade(Database.open(url))
        console = Console(sys.stdout, as_channel=as_channel)
        console.name = ChannelName(as_channel)  # by it the wording is chosen
        earshot = app.build(app.Settings.read(database_url=url, settle_seconds=0, data_keys=new_key()), extra_channels=[console])
        if locale not in earshot.wording.locales:
            raise click.UsageError(f"There is no locale {locale}. There are: {', '.join(sorted(earshot.wording.locales))}.")
        _talk(earshot, channel=console.name, locale=Locale(locale))


def _talk(earshot: app.Earshot, *, channel: ChannelName, locale: Locale) -> None:
    worker = earshot.worker()
    me = Address("console", str(uuid4()))
    while True:
        try:
            text = click.prompt("you", prompt_suffix="> ")
        except click.Abort:
            click.echo()
            return
        message = InboundMessage(
            channel=channel, account="terminal", external_id=str(uuid4()), sender=me, text=text, locale=locale
        )
        earshot.intake.receive([message])
        worker.work_off()
