"""`earshot erase`: everything of one person goes, by hand; and once more after a store was brought back from a copy."""

from __future__ import annotations

import getpass
import re
from pathlib import Path

import click

from bot.erasures import Erasures, Found
from bot.model import Address
from cli.group import Start

_NUMBER = re.compile(r"\+?[0-9]{7,15}")
_REFERENCE = re.compile(r"([A-Za-z]+)[\s-]*(\d{3})")
_HOME = "+44"


@click.command()
@click.argument("whom", required=False)
@click.option("--again", is_flag=True, help="Carry out the list of erasures on a store that was brought back from a copy.")
@click.option(
    "--list",
    "list_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With --again: another copy of the list, beside the one that is kept with the files.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def erase(start: Start, *, whom: str | None, again: bool, list_file: Path | None, yes: bool) -> None:
    """Erase everything of WHOM: a reference (RIVER 482), a number (+447700900123), an email, or an address (telegram:8001)."""
    erasures = start.earshot.erasures
    who = f"operator:{getpass.getuser()}"
    if again:
        if whom:
            raise click.UsageError("--again is for the whole list: give nobody's name with it.")
        _once_more(erasures, who, list_file.read_text("utf-8") if list_file else "")
        return
    if not whom:
        raise click.UsageError("Whom? Give a reference, a number, an email or an address; or --again.")
    found = _find(erasures, whom)
    about = f"{found.messages} messages" + (f", {', '.join(found.references)}" if found.references else "")
    if not yes:
        click.confirm(f"Erase everything of this person ({about})? It cannot be undone", abort=True)
    done = erasures.erase(found, who=who)
    day = erasures.clock.now().date().isoformat()
    click.echo(
        f"Erasure {done.number}, {day}: words, files and addresses are gone; files leave their place when the worker runs."
    )
    if done.kept:
        click.echo("Kept: what raised an alert, with how its sender was reached, for safeguarding.")
    click.echo("Kept: this number, the day, and digests by which the erasure is done again after a restore.")


def _once_more(erasures: Erasures, who: str, more: str) -> None:
    done = erasures.once_more(who=who, more=more)
    click.echo(f"{done.listed} erasures on the list; {done.erased} people were here again and have been erased.")
    if done.taken_back:
        click.echo(f"{done.taken_back} messages that had been taken back were here again and are out.")
    if done.removed:
        click.echo(f"{done.removed} passages that had been removed were here again and are out.")
    if done.to_look_at:
        click.echo(
            "Words that had been removed may stand in these, where no passage is just them. Look at each, and remove what is to "
            f"go: {', '.join(done.to_look_at)}"
        )
    if done.unheard:
        click.echo(f"{done.unheard} messages hold such words and are not heard yet: let the worker run, then do this once more.")
    if done.written_since:
        click.echo(
            f"{len(done.written_since)} were left alone, for they have written since they were erased. Ask them, or erase them "
            "by their reference:"
        )
        for contact_id in done.written_since:
            click.echo(f"  contact {contact_id}")


def _find(erasures: Erasures, whom: str) -> Found:
    named = _REFERENCE.fullmatch(whom.strip())
    if named is not None and (known := erasures.records.by_reference(f"{named[1].upper()} {named[2]}")) is not None:
        return known
    found = erasures.records.by_address(_addresses(whom))
    if not found:
        raise click.ClickException("Nobody is known by that, or they were erased already.")
    if len(found) > 1:
        raise click.ClickException("Two people are known by that number. Give the address itself, such as whatsapp:447700900123.")
    return found[0]


def _addresses(whom: str) -> list[Address]:
    """What may be meant: an address as the store has it, an email, or a number that is one for texts and for WhatsApp."""
    scheme, colon, path = whom.strip().partition(":")
    if colon and path:
        return [Address(scheme, path)]
    if "@" in whom:
        return [Address("email", whom.strip()), Address("email", whom.strip().lower())]
    figures = re.sub(r"[\s().-]", "", whom)
    if not _NUMBER.fullmatch(figures):
        return []
    number = f"{_HOME}{figures[1:]}" if figures.startswith("0") else figures
    number = number if number.startswith("+") else f"+{number}"
    return [Address("tel", number), Address("whatsapp", number.removeprefix("+"))]
