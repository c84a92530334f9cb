"""`earshot tagger list` and `earshot tagger use`: the taggers that are kept, and which of them is at work."""

from __future__ import annotations

import getpass
import json

import click

from bot.taggers import SHIPPED, Hears, KeptTagger, TaggerState
from cli.group import Start

_STATE = {TaggerState.CHAMPION: "at work", TaggerState.REFUSED: "refused", TaggerState.RETIRED: "was at work"}


@click.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
@click.pass_obj
def list_(start: Start, *, as_json: bool) -> None:
    """Show the taggers that were taught here, the newest first, and the one that comes with Earshot."""
    taggers = start.earshot.taggers
    kept = taggers.taggers()
    for one in kept:
        click.echo(json.dumps(_plain(one)) if as_json else _sentence(one))
    if not as_json:
        for hears, option in ((Hears.THEMES, ""), (Hears.DANGER, " for danger")):
            at_work = "at work" if taggers.champion(hears) == SHIPPED else "can be put back"
            click.echo(f"{SHIPPED:>3}  the one that comes with Earshot{option}: {at_work}.")


@click.command()
@click.argument("version")
@click.option("--even-so", is_flag=True, help="Though it was refused.")
@click.option("--danger", is_flag=True, help="With 0: the one that comes with Earshot and hears danger.")
@click.pass_obj
def use(start: Start, *, version: str, even_so: bool, danger: bool) -> None:
    """Put a tagger to work, by its number or its version; 0 is the one that comes with Earshot.

    It takes the place of the one that hears the same: themes, or danger behind the fixed rules. Running workers take it up
    within a minute. What was suggested before stays as it is, and so do alerts.
    """
    taggers = start.earshot.taggers
    by = f"operator:{getpass.getuser()}"
    if version == str(SHIPPED):
        hears = Hears.DANGER if danger else Hears.THEMES
        taggers.use(SHIPPED, by=by, now=start.earshot.clock.now(), hears=hears)
        click.echo(f"The tagger that comes with Earshot is at work{' for danger' if danger else ''}.")
        return
    found = next((one for one in taggers.taggers() if version in {str(one.number), one.version}), None)
    if found is None:
        raise click.ClickException(f"There is no tagger {version}. What there is: earshot tagger list")
    if found.state is TaggerState.REFUSED and not even_so:
        raise click.ClickException(f"It was refused. {found.says} To put it to work all the same, add --even-so.")
    taggers.file(found.number)
    taggers.use(found.number, by=by, now=start.earshot.clock.now())
    click.echo(f"Tagger {found.version} is at work{' for danger' if found.hears is Hears.DANGER else ''}.")


def _sentence(one: KeptTagger) -> str:
    decided = "closed alerts" if one.hears is Hears.DANGER else "decisions of staff"
    learnt = f"for {one.hears}, from {one.rows} messages and {one.decisions} {decided}"
    f1 = f", F1 {one.figures.best.all_themes.f1:.3f}" if one.figures else ""
    return (
        f"{one.number:>3}  {one.version} by {one.made_by}, {learnt}{f1}, {one.size / 1e6:.1f} MB: {_STATE[one.state]}. {one.says}"
    )


def _plain(one: KeptTagger) -> dict[str, object]:
    return {
        "number": one.number,
        "version": one.version,
        "hears": one.hears.value,
        "made_at": one.made_at.isoformat(),
        "made_by": one.made_by,
        "rows": one.rows,
        "decisions": one.decisions,
        "state": one.state.value,
        "says": one.says,
        "f1": one.figures.best.all_themes.f1 if one.figures else None,
    }
