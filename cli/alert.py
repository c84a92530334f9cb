"""`earshot alert`: a fire drill of the whole way to the rota, and how long it took."""

from __future__ import annotations

import time

import click

from bot.alert_desk import HISTORY, AlertDesk, Drill
from bot.errors import NotFound
from cli.group import Start

_LOOK_EVERY = 2.0
"""Seconds between two looks at a drill that goes on."""


def _desk(start: Start) -> AlertDesk:
    from rooms import open_alert_desk

    made = start.earshot
    return open_alert_desk(made.database, made.sealer, made.store, made.clock, outcome_within=made.outcome_within)


@click.group()
def alert() -> None:
    """Try the call-out of safeguarding staff, and see how long each rung took."""


@alert.command()
@click.option(
    "--minutes", type=click.IntRange(0, 120), default=45, show_default=True, help="How long to watch. 0: start it only."
)
@click.pass_obj
def drill(start: Start, minutes: int) -> None:
    """Call the rota out as an alert would, marked as a drill, and watch until somebody takes it.

    A worker must be running. Ends with 1 if nobody took it in time.
    """
    desk = _desk(start)
    if not desk.rota().ladder(desk.clock.now()):
        raise click.ClickException("The rota is empty: nobody can be called. Fill it at /staff/alerts/rota.")
    drill_id = desk.start_drill("operator")
    click.echo("The drill has begun. Each call says that it is a drill and opens its page; one press there ends it.")
    if not minutes:
        return
    ends = time.monotonic() + 60 * minutes
    shown: set[tuple[int, str, str]] = set()
    while True:
        found = desk.records.drill(drill_id)
        if found is None:
            raise NotFound
        for line in _lines(found):
            if line not in shown:
                shown.add(line)
                click.echo(line[2])
        if found.taken_by is not None:
            click.echo(_result(found))
            return
        if time.monotonic() >= ends:
            click.echo("Nobody has taken it yet. It is called out for two hours; `earshot alert drills` shows what came of it.")
            raise SystemExit(1)
        time.sleep(_LOOK_EVERY)


@alert.command()
@click.pass_obj
def drills(start: Start) -> None:
    """The last drills: when, who took each, how long each rung took."""
    found = _desk(start).records.drills(limit=HISTORY)
    if not found:
        click.echo("There has been no fire drill yet: earshot alert drill.")
    for one in found:
        click.echo(f"{one.started_at:%Y-%m-%d %H:%M} UTC: {_result(one)}")
        for _, _, line in _lines(one):
            click.echo(f"  {line}")


def _lines(found: Drill) -> list[tuple[int, str, str]]:
    """The first call to each rung by each route, with how long it took to leave and what became of it."""
    lines = []
    for call in found.first_calls():
        after = (call.at - found.started_at).total_seconds() / 60
        left = "" if call.sent_at is None else f", left after {(call.sent_at - found.started_at).total_seconds() / 60:.1f} min"
        words = f"Rung {call.rung}, {call.name}, by {call.route}: called after {after:.1f} min{left}, {call.state}."
        lines.append((call.rung, call.route, words))
    return lines


def _result(found: Drill) -> str:
    if found.taken_by is not None:
        return f"taken by {found.taken_by} after {found.minutes} min."
    return "going on." if found.is_running else "nobody took it."
