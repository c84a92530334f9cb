"""`earshot poster`: a page of A4 to print, with a code that leads to a campaign's questions or names a place."""

from __future__ import annotations

from pathlib import Path

import click

from bot.errors import NotFound
from bot.invitations import InvitationLimits
from bot.model import ENGLISH, Locale
from bot.posters import LeadsTo, Posters
from bot.script import Script
from bot.wording import Wording
from cli.group import Start


@click.command()
@click.argument("code", required=False)
@click.option("--locale", default=ENGLISH, show_default=True, help="The language of the poster: en, en-x-easyread, pl, …")
@click.option(
    "--to",
    type=click.Choice([way.value for way in LeadsTo]),
    default=LeadsTo.CHAT.value,
    show_default=True,
    help="Where the code leads.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The file to write; CODE-LOCALE.html if left out.")
@click.pass_obj
def poster(start: Start, code: str | None, locale: str, to: str, out: Path | None) -> None:
    """Write a poster for a campaign or a place. Without CODE, list what there can be one for.

    The page has everything in it. Open it in a browser and print it, or save it as PDF from there.
    """
    posters = _posters(start)
    if code is None:
        for name, title in posters.names.items():
            click.echo(f"{name:<22}{title}")
        return
    from staff.posters import whole_page

    try:
        found = posters.poster(code, Locale(locale), LeadsTo(to))
    except NotFound:
        raise click.ClickException(_why_not(posters, code, locale, LeadsTo(to))) from None
    out = out or Path(f"{code}-{locale}.html")
    out.write_text(whole_page(found), "utf-8")
    click.echo(f"{out}: the code leads to {found.link}")


def _posters(start: Start) -> Posters:
    settings = start.settings
    wording = Wording.load(facts={"privacy_url": f"{settings.public_url}/privacy"}, unsigned=settings.env != "production")
    script = Script.load(spoken=wording.locales)
    numbers = {LeadsTo.SMS: settings.twilio_sms_number, LeadsTo.WHATSAPP: settings.twilio_whatsapp_number}
    return Posters(
        campaigns=script.campaigns,
        places=InvitationLimits.load().places,
        wording=wording,
        signposts=script.signposts,
        public_url=settings.public_url,
        numbers={way: number for way, number in numbers.items() if number},
    )


def _why_not(posters: Posters, code: str, locale: str, to: LeadsTo) -> str:
    if code not in posters.names:
        return f"There is no campaign and no place “{code}”. `earshot poster` lists them."
    if locale not in posters.locales:
        return f"We do not write in “{locale}” here. There is: {', '.join(posters.locales)}."
    return f"There is no number for {to.value} in the settings, so no code can lead there."
