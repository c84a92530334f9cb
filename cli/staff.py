"""`earshot staff`: who may sign in to the team's site."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol
from uuid import uuid4

import click

from bot.alerted import leave_to, note_left
from bot.cards import BY_PARENT
from bot.ports import Store
from bot.records import StaffMember
from bot.second_step import SecondStep
from bot.team import Team
from bot.wall import Role
from staff.passwords import LONGEST, SHORTEST, Passwords, fault_of, made_password

_USERNAME = re.compile(r"[\w.@-]{2,64}")
_MOBILE = re.compile(r"\+\d{7,15}")


class Start(Protocol):
    """What ``earshot`` hands to its commands, as far as these need it."""

    def store(self) -> Store: ...

    def second_step(self) -> SecondStep: ...

    def team(self) -> Team: ...


@click.group()
def staff() -> None:
    """Add, remove or reset the people who read what comes in."""


def _password_options(command: click.decorators.FC) -> click.decorators.FC:
    stdin = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
    made = click.option("--make-password", is_flag=True, help="Make a password and print it, this once.")
    return stdin(made(command))


@staff.command()
@click.argument("name")
@click.option("--username", required=True, help="What they sign in with.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    required=True,
    help="Viewers read, reviewers decide and answer, publishers publish words too, safeguarding sees alerts; admins keep accounts"
    " and read nothing that families told; partners see what is cleared for them.",
)
@click.option("--mobile", help="Where alerts are sent, such as +447700900123: for the safeguarding rota.")
@_password_options
@click.pass_obj
def add(
    start: Start, *, name: str, username: str, role: str, mobile: str | None, password_stdin: bool, make_password: bool
) -> None:
    """Add NAME, so that they can sign in."""
    name, username = " ".join(name.split()), username.strip().casefold()
    mobile = re.sub(r"[\s()-]", "", mobile) if mobile else None
    _check(name, username, role, mobile)
    store = start.store()
    if store.staff_by_username(username) is not None:
        raise click.ClickException(f"The user name {username} is taken, or was; a name is never given twice.")
    password = _password(password_stdin=password_stdin, make_password=make_password)
    member = StaffMember(
        id=uuid4(), name=name, username=username, role=role, mobile=mobile, password_hash=Passwords().hash(password)
    )
    now = datetime.now(UTC)
    with store.transaction() as tx:
        tx.add_staff(member, now)
        left = leave_to(member, tx, store.all_staff(), now)
        tx.audit(who="operator", action="add_staff", record=f"staff:{member.id}", now=now)
        note_left(tx, left, "operator", now)
    click.echo(f"{name} can sign in as {username}, as {role}.")
    _show(password, make_password=make_password)


@staff.command()
@click.argument("username")
@click.pass_obj
def remove(start: Start, *, username: str) -> None:
    """Let USERNAME in no longer. They are signed out at once; what they decided stays, with their name."""
    store = start.store()
    member = _member(store, username)
    start.team().remove(member, by=None)
    click.echo(f"{member.name} can no longer sign in.")
    left = [other for other in store.all_staff() if other.disabled_at is None and other.id != member.id]
    _say_who_leads(left)


@staff.command("role")
@click.argument("username")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.pass_obj
def change_role(start: Start, *, username: str, role: str) -> None:
    """Make USERNAME a ROLE. They are signed out, and begin anew as that."""
    store = start.store()
    member = _member(store, username)
    start.team().change_role(member, Role(role), by=None)
    click.echo(f"{member.name} is now {role}.")
    _say_who_leads([other for other in store.all_staff() if other.disabled_at is None])


@staff.command("list")
@click.pass_obj
def list_members(start: Start) -> None:
    """Who may sign in, and as what."""
    for member in start.store().all_staff():
        if member.disabled_at is None:
            click.echo(f"{member.username}\t{member.role}\t{member.name}")


@staff.command("reset-second-step")
@click.argument("username")
@click.pass_obj
def reset_second_step(start: Start, *, username: str) -> None:
    """USERNAME lost phone and paper: take the second step away, so that they set it up anew."""
    member = _member(start.store(), username)
    start.second_step().reset(member, by=None)
    click.echo(f"{member.name} signs in with the password alone, and sets the second step up anew.")


@staff.command()
@click.argument("username")
@_password_options
@click.pass_obj
def reset(start: Start, *, username: str, password_stdin: bool, make_password: bool) -> None:
    """Give USERNAME a new password. They are signed out everywhere."""
    store = start.store()
    member = _member(store, username)
    password = _password(password_stdin=password_stdin, make_password=make_password)
    now = datetime.now(UTC)
    with store.transaction() as tx:
        hashed = Passwords().hash(password)
        tx.update_staff(member.id, password_hash=hashed, end_sessions=True)
        left = leave_to(replace(member, password_hash=hashed), tx, store.all_staff(), now)
        tx.audit(who="operator", action="reset_staff", record=f"staff:{member.id}", now=now)
        note_left(tx, left, "operator", now)
    click.echo(f"{member.name} has a new password and is signed out everywhere.")
    _show(password, make_password=make_password)


def _say_who_leads(people: Sequence[StaffMember]) -> None:
    if all(other.role != Role.SAFEGUARDING for other in people):
        click.echo("Nobody is left for safeguarding: reviewers and publishers now see alerts. Add somebody.", err=True)


def _check(name: str, username: str, role: str, mobile: str | None) -> None:
    if not name or name.casefold() == BY_PARENT:
        raise click.ClickException("NAME must be the person's name: it stands beside what they decide.")
    if not _USERNAME.fullmatch(username):
        raise click.ClickException("A user name has 2 to 64 letters, digits, dots, dashes, underscores or @.")
    if mobile is not None and not _MOBILE.fullmatch(mobile):
        raise click.ClickException("The mobile number must have its country code, such as +447700900123.")
    if role == Role.SAFEGUARDING and mobile is None and "@" not in username:
        click.echo("Without --mobile this person is on nobody's rota: no alert will reach them.", err=True)


def _member(store: Store, username: str) -> StaffMember:
    member = store.staff_by_username(username.strip().casefold())
    if member is None or member.disabled_at is not None:
        raise click.ClickException(f"Nobody signs in as {username}.")
    return member


def _password(*, password_stdin: bool, make_password: bool) -> str:
    if password_stdin and make_password:
        raise click.UsageError("Choose one: --password-stdin or --make-password.")
    if make_password:
        return made_password()
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    fault = fault_of(password)
    if fault == "password_common":
        raise click.ClickException("That password is guessed early. Three or four words that do not belong together do well.")
    if fault is not None:
        raise click.ClickException(f"A password has {SHORTEST} to {LONGEST} characters. Three or four words do well.")
    return password


def _show(password: str, *, make_password: bool) -> None:
    if make_password:
        click.echo(f"Password, shown this once: {password}")
