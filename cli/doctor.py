"""`earshot doctor`: in plain sentences, what is missing or wrong, and the exact fix."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Literal
from urllib.parse import urlsplit

import click

import app
from bot.call_outs import GIVEN_UP, CallOut
from bot.days import ZONE
from bot.errors import BotError
from bot.records import StaffMember
from bot.rota import Rung
from channels.twilio import Unsendable
from channels.twilio_events import SMS, WHATSAPP
from cli.channels import findings
from cli.doctor_council import council_findings, kept_roles
from cli.doctor_model import model_findings
from cli.doctor_words import word_findings
from cli.group import Start
from parts import Earshot
from storage.identities import SqlIdentities
from storage.team import SqlTeam

_CHANNELS = {
    "messenger": "Messenger is off. Set META_PAGE_ID, META_PAGE_TOKEN, META_APP_SECRET and META_VERIFY_TOKEN.",
    "telegram": "Telegram is off. Set TELEGRAM_TOKEN.",
    "email": "Email is off. Set EMAIL_ADDRESS, EMAIL_IMAP_URL and EMAIL_SMTP_URL.",
    "sms": "Text messages are off. Set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_SMS_NUMBER.",
    "whatsapp": "WhatsApp is off. Set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_WHATSAPP_NUMBER.",
}


_ORDER = ("good", "note", "fault")
"""What is to be mended comes last, where it is read first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence. ``fault``: something is wrong; ``note``: something is off or to be known; ``good``: it was looked at."""

    area: Literal["settings", "store", "channels", "content", "people", "site", "model"]
    kind: Literal["good", "note", "fault"]
    says: str


def examine(start: Start, *, online: bool = False) -> Iterator[Finding]:
    """Look at each part in turn, and with ``online`` ask each provider too.

    What cannot be looked at because an earlier part is broken is left out, and said.
    """
    try:
        settings = start.settings
    except BotError as error:
        yield Finding("settings", "fault", str(error))
        return
    yield Finding("settings", "good", f"The settings can be read; this is {settings.env}.")
    yield from _settings(settings)
    for kind, says in council_findings(settings, online=online):
        yield Finding("people", kind, says)
    yield from _site()
    try:
        earshot = start.earshot
    except BotError as error:
        yield Finding("store", "fault", f"Earshot cannot start. {error}")
        return
    yield Finding("store", "good", "The store can be opened, and the data keys fit it.")
    yield from _files(earshot)
    yield from _channels(earshot)
    if online:
        for name, found in findings(earshot.channels.values()):
            says = f"{name}: {found.text} {found.fix}".strip()
            yield Finding("channels", "good" if found.ok else "fault", says)
    for kind, says in word_findings(earshot):
        yield Finding("content", kind, says)
    yield from _people(earshot)
    for kind, says in model_findings(earshot):
        yield Finding("model", kind, says)


def _settings(settings: app.Settings) -> Iterator[Finding]:
    if settings.env == "development" and not settings.data_keys:
        yield Finding(
            "settings",
            "note",
            "EARSHOT_DATA_KEYS is not set, so the key is kept in earshot.key beside the store. Production wants it set.",
        )
    if settings.env == "development" and not settings.secret_key:
        yield Finding(
            "settings",
            "note",
            "EARSHOT_SECRET_KEY is not set, so it is made from the data key. Production wants one: earshot key.",
        )
    if _is_here(settings.twilio_api_url):
        yield Finding("settings", "note", "TWILIO_API_URL is on this machine: messages go to a stand-in, not to Twilio.")
    elif _is_here(settings.public_url) and settings.twilio_account_sid:
        yield Finding(
            "settings",
            "fault",
            "Twilio cannot reach this machine by a loopback address. Set EARSHOT_PUBLIC_URL to the address Twilio is given.",
        )


def _is_here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in {"localhost", "::1"} or host.startswith("127.")


def _site() -> Iterator[Finding]:
    from staff.assets import problem

    if (sentence := problem()) is not None:
        yield Finding("site", "fault", sentence)
    else:
        yield Finding("site", "good", "GOV.UK Frontend is in its place.")


def _files(earshot: Earshot) -> Iterator[Finding]:
    """One blob is written, read and deleted again."""
    try:
        key = earshot.media.blobs.put(b"a look by the doctor")
        earshot.media.blobs.get(key)
        earshot.media.blobs.delete(key)
    except BotError as error:
        yield Finding("store", "fault", f"Photos and voice messages cannot be kept: look at EARSHOT_MEDIA_URL. {error}")
        return
    yield Finding("store", "good", "Photos, voice messages and documents can be kept.")
    if not earshot.settings.media_url and not earshot.database.is_sqlite:
        yield Finding(
            "store",
            "note",
            "EARSHOT_MEDIA_URL is not set, so files are kept on this machine. Where web and worker are on several, set it.",
        )


def _channels(earshot: Earshot) -> Iterator[Finding]:
    uses_twilio = any(earshot.can_send(name) for name in (SMS, WHATSAPP))
    for name, channel in sorted(earshot.channels.items()):
        if isinstance(channel, Unsendable) and uses_twilio:
            says = (
                f"The channel {name} is off. What comes on it all the same is kept, unanswered. Set {channel.missing} to use it."
            )
            yield Finding("channels", "note", says)
        elif isinstance(channel, Unsendable):
            yield Finding("channels", "fault", f"On {name} messages are accepted but cannot be answered: set {channel.missing}.")
        else:
            yield Finding("channels", "good", f"The channel {name} is on.")
    for off, sentence in _CHANNELS.items():
        if off not in earshot.channels:
            yield Finding("channels", "note", sentence)
    for tongue in earshot.wording.waiting_for_a_signature:
        says = f"{tongue.name} ({tongue.locale}) is signed by nobody, so it stays off in production. Who reads it well may sign"
        yield Finding("content", "note", f"{says} it: signed_by and signed_on in wording/{tongue.locale}.toml.")
    unchecked = earshot.unchecked()
    for sentence in unchecked:
        yield Finding("content", "note" if earshot.settings.env == "development" else "fault", sentence)
    if not unchecked:
        yield Finding("content", "good", "Every contact families are given was checked in the last 90 days.")


def _people(earshot: Earshot) -> Iterator[Finding]:
    people = [member for member in earshot.store.all_staff() if member.disabled_at is None]
    if not people:
        yield Finding("people", "fault", "Nobody can sign in. Add somebody: earshot staff add.")
    if stuck := {name for member in people for name in _unlooked(earshot, member)}:
        names = ", ".join(sorted(stuck))
        says = f"Nobody here can be the second person who looks at the accounts of {names}: whoever could came in by the same "
        says += "hand. Add one more lead or administrator: earshot staff add NAME --username USER --role safeguarding"
        yield Finding("people", "note", says)
    if earshot.settings.oidc_issuer:
        for kind, says in kept_roles(SqlIdentities(earshot.database, earshot.sealer), people):
            yield Finding("people", kind, says)
    rota = earshot.store.standing_rota()
    for hole in rota.holes(earshot.clock.now()):
        begins, ends = (f"{moment.astimezone(ZONE):%a %d %b %H:%M}" for moment in (hole.begins, hole.ends))
        says = f"Nobody is on the rota from {begins} to {ends}: all are called all the same. Fill it: /staff/alerts/rota."
        yield Finding("people", "fault", says)
    for rung in rota.left_out:
        says = f"{rung.name} is on the rota and was locked out: they are not called. Take them off: /staff/alerts/rota."
        yield Finding("people", "fault", says)
    if rota.rungs and not rota.called:
        says = "Everybody on the rota was locked out, and no lead can be called: nobody is when a family is in danger. Fill it: "
        yield Finding("people", "fault", f"{says}/staff/alerts/rota.")
    else:
        yield from _reach(earshot, rota.called)


def _unlooked(earshot: Earshot, member: StaffMember) -> Iterator[str]:
    """Of whom this member is told that nobody can look at their account."""
    for change in SqlTeam(earshot.database, earshot.sealer).unseen(member.id):
        other = earshot.store.staff(change.staff_id) if change.is_stuck else None
        if other is not None:
            yield other.name


def _reach(earshot: Earshot, rungs: Sequence[Rung]) -> Iterator[Finding]:
    """Who on the rota can be called by the routes that are on now."""
    if not rungs:
        yield Finding(
            "people",
            "fault",
            "The rota is empty: nobody is called when a family is in danger. Fill it (/staff/alerts/rota), or give somebody the "
            "role and a mobile number: earshot staff add NAME --username USER --role safeguarding --mobile +44… Where email "
            "alone is on, a work email address as the user name does.",
        )
        return
    call_out = CallOut(earshot.replies, earshot.calling)
    routes = {rung.id: {route for route, _ in call_out.routes_to(rung)} for rung in rungs}
    used = call_out.routes(rungs)
    if not used:
        says = "There is a rota, but nobody on it can be called: switch on text messages or email, whichever it has numbers for."
        yield Finding("people", "fault", says)
    for rung in rungs:
        if not routes[rung.id]:
            has = " and ".join([*(["text messages"] if rung.mobile else []), *(["email"] if rung.email else [])])
            why = f"{has} cannot be sent" if has else "there is neither a mobile number nor a work address"
            says = f"{rung.name} is on the rota and cannot be called: {why}. Mend it, or change the rota: /staff/alerts/rota."
            yield Finding("people", "fault", says)
    if len(used) == 1:
        yield from (Finding("people", "note", GIVEN_UP[route]) for route in used)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
@click.option("--online", is_flag=True, help="Ask each provider too, as `earshot channels check` does.")
@click.pass_obj
def doctor(start: Start, *, as_json: bool, online: bool) -> None:
    """Say what is missing or wrong, and how to mend it. Ends with 1 if anything is."""
    found = sorted(examine(start, online=online), key=lambda finding: _ORDER.index(finding.kind))
    for finding in found:
        if as_json:
            click.echo(json.dumps(asdict(finding)))
        else:
            mark = {"good": "ok   ", "note": "note ", "fault": "FAULT"}[finding.kind]
            click.echo(f"{mark}  {finding.says}")
    faults = sum(finding.kind == "fault" for finding in found)
    if not as_json:
        click.echo("Nothing is wrong." if not faults else f"{faults} to mend.")
    raise SystemExit(1 if faults else 0)
