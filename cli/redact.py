"""`earshot redact`: what is stored is masked by this version's redactor; one experience, anew from the words themselves."""

from __future__ import annotations

import getpass
import re
import sys

import click

from cli.group import Start
from name_wiring import open_redacting
from storage.redacting import SqlMaskedTexts

_REFERENCE = re.compile(r"([A-Za-z]+)[\s-]*(\d{3})")


@click.group()
def redact() -> None:
    """Mask again what is stored."""


@redact.command()
@click.pass_obj
def again(start: Start) -> None:
    """Mask what an older redactor masked, now. A running worker does it by itself.

    It only ever hides more. It may be stopped at any moment, and goes on where it was.
    """
    earshot = start.earshot
    words = earshot.peoples_words
    redacting = open_redacting(words, earshot.database, earshot.sealer, earshot.store)
    texts = SqlMaskedTexts(earshot.database, earshot.sealer)
    before = texts.count(words.version())
    with click.progressbar(length=before, label="Masking", file=sys.stderr) as bar:
        while done := redacting.step():
            bar.update(done)
    left = texts.count(words.version())
    with earshot.store.transaction() as tx:
        tx.audit(who=_who(), action="redact_again", record="texts", why=words.version(), now=earshot.clock.now())
    click.echo(f"{max(before - left, 0)} texts were masked by the redactor {words.version()}.")
    if left:
        raise click.ClickException(f"{left} texts could not be masked anew; they are as they were. The log says where.")


@redact.command()
@click.argument("reference")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def afresh(start: Start, reference: str, *, yes: bool) -> None:
    """Mask the words of one experience (RIVER 482) anew from what the family wrote: what staff hid there by mistake comes back.

    The worker hears the messages again. Nothing is sent; what people decided about themes stays.
    """
    earshot = start.earshot
    named = _REFERENCE.fullmatch(reference.strip())
    view = earshot.store.experience(f"{named[1].upper()} {named[2]}") if named else None
    if view is None:
        raise click.ClickException("There is no such experience.")
    if not yes:
        click.confirm("Show again what staff have hidden in it, where the redactor does not hide it", abort=True)
    now = earshot.clock.now()
    with earshot.store.transaction() as tx:
        count = tx.hear_afresh(view.card.id, now)
        tx.audit(who=_who(), action="redact_afresh", record=f"experience:{view.card.id}", now=now)
    click.echo(f"{count} messages are heard again when the worker runs.")


def _who() -> str:
    return f"operator:{getpass.getuser()}"
