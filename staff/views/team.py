"""The team, for administrators: who is in it, in which role; inviting, changing, locking out. No words of families."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from bot.errors import NotFound
from bot.records import StaffMember
from bot.team import INVITED_FOR, SECOND, Change, LastAdminError, LastLeadError, Mail, NameTakenError, Team
from bot.wall import Role
from staff.desk import desk, go, member, tell
from staff.forms import NewMember, read_name
from staff.gates import may_enter


def add_team(blueprint: Blueprint) -> None:
    at = "/team/<uuid:staff_id>"
    blueprint.context_processor(lambda: {"team_changes": team_changes, "kept_roles": kept_roles})
    blueprint.add_url_rule("/team", "team", team, methods=["GET"])
    blueprint.add_url_rule("/team/invite", "invite_member", invite_member, methods=["POST"])
    blueprint.add_url_rule(f"{at}/link", "new_link", new_link, methods=["POST"])
    blueprint.add_url_rule(f"{at}/name", "rename_member", rename_member, methods=["POST"])
    blueprint.add_url_rule(f"{at}/role", "change_role", change_role, methods=["POST"])
    blueprint.add_url_rule(f"{at}/two-step", "reset_two_step", reset_two_step, methods=["POST"])
    blueprint.add_url_rule(f"{at}/remove", "remove_member", remove_member, methods=["POST"])
    blueprint.add_url_rule(f"{at}/let-in", "let_member_in", let_member_in, methods=["POST"])
    blueprint.add_url_rule("/team/changes/<uuid:change_id>/seen", "see_team_change", see_team_change, methods=["POST"])


def team_changes() -> tuple[tuple[Change, ...], dict[UUID, str]]:
    """What others did to accounts that the person who is signed in has to look at; and everybody's names."""
    use = desk().rooms.team
    if use is None or not may_enter("staff.see_team_change", member().role):
        return (), {}
    changes = use.unseen(member())
    return changes, {each.id: each.name for each in desk().store.all_staff()} if changes else {}


def kept_roles() -> list[tuple[StaffMember, str]]:
    """Who keeps a role that the council's directory gives them no more, and which it gives instead."""
    use = desk().rooms.council
    if use is None or member().role not in SECOND:
        return []
    kept = use.door.identities.kept_roles()
    return [(each, kept[each.id]) for each in desk().store.all_staff() if each.id in kept] if kept else []


def team() -> ResponseReturnValue:
    return _show(NewMember(), 200)


def invite_member() -> ResponseReturnValue:
    """The link stands in the answer itself: it is shown this once."""
    form, use = NewMember.read(request.form), _inviting()
    if form.errors:
        return _show(form, 400)
    role = Role(form.role)
    try:
        other, token = use.invite(
            name=form.name, username=form.username, role=role, by=member(), mail=_mail(form.email, form.username, form.role)
        )
    except NameTakenError:
        taken = NewMember(form.name, form.username, form.role, form.email, {"username": "member_username_taken"})
        return _show(taken, 409)
    return _show_link(other, token, mailed=bool(form.email))


def new_link(staff_id: UUID) -> ResponseReturnValue:
    other = _other(staff_id)
    return _show_link(other, _inviting().invite_again(other, by=member()), mailed=False)


def rename_member(staff_id: UUID) -> ResponseReturnValue:
    other, name = _other(staff_id), read_name(request.form)
    if name is None:
        tell("member_name_wrong")
    else:
        _team().rename(other, name, by=member())
        tell("member_renamed", name=name)
    return go(url_for("staff.team"))


def change_role(staff_id: UUID) -> ResponseReturnValue:
    try:
        role = Role(request.form.get("role", ""))
    except ValueError as error:
        raise BadRequest from error
    try:
        other = _team().change_role(_other(staff_id), role, by=member())
    except LastAdminError:
        tell("last_admin")
    except LastLeadError:
        tell("last_lead")
    else:
        tell("role_changed", name=other.name)
    return go(url_for("staff.team"))


def reset_two_step(staff_id: UUID) -> ResponseReturnValue:
    step, other = desk().rooms.second_step, _other(staff_id)
    if step is None:
        raise NotFound
    _team().note_reset(other, by=member())  # first: a kill between the two leaves nothing done in silence
    step.reset(other, by=member())
    tell("step_reset", name=other.name)
    return go(url_for("staff.team"))


def remove_member(staff_id: UUID) -> ResponseReturnValue:
    try:
        other = _team().remove(_other(staff_id), by=member())
    except LastAdminError:
        tell("last_admin")
    except LastLeadError:
        tell("last_lead")
    else:
        tell("member_removed", name=other.name)
    return go(url_for("staff.team"))


def let_member_in(staff_id: UUID) -> ResponseReturnValue:
    other = desk().store.staff(staff_id)
    if other is None or other.disabled_at is None:
        raise NotFound
    _team().let_in(other, by=member())
    tell("member_let_in", name=other.name)
    return go(url_for("staff.team"))


def see_team_change(change_id: UUID) -> ResponseReturnValue:
    _team().see(change_id, member())
    tell("team_change_seen")
    return go(url_for("staff.team" if member().role == Role.ADMIN else "staff.today"))


def _show(form: NewMember, status: int) -> ResponseReturnValue:
    at, use = desk(), _team()
    step = at.rooms.second_step
    everybody = sorted(at.store.all_staff(), key=lambda each: each.name.casefold())
    people = [each for each in everybody if each.disabled_at is None]
    page = render_template(
        "staff/team.html",
        form=form,
        people=people,
        locked_out=[each for each in everybody if each.disabled_at is not None],
        seen={each.id: max((session.seen_at for session in at.sessions.of(each.id)), default=None) for each in people},
        links=use.records.invitations(),
        stepped=step.records.having() if step is not None else frozenset(),
        has_steps=step is not None,
        may_invite=_may_invite(),
        roles=[role.value for role in Role],
        nobody_leads=all(each.role != Role.SAFEGUARDING for each in people),
    )
    return page, status


def _show_link(other: StaffMember, token: str, *, mailed: bool) -> ResponseReturnValue:
    link = _link(token)
    until = desk().clock.now() + INVITED_FOR
    return render_template("staff/invited.html", other=other, link=link, until=until, mailed=mailed)


def _link(token: str) -> str:
    """At the address the settings name: what a request calls us is said by whoever sends it."""
    return desk().rooms.public_url + url_for("staff.invitation", token=token)


def _mail(to: str, username: str, role: str) -> Mail | None:
    """None where nothing is to be mailed, or no mail account is set up."""
    if not to or not desk().rooms.can_mail:
        return None
    until = desk().clock.now() + INVITED_FOR

    def words(token: str) -> str:
        link = _link(token)
        said = {"by": member().name, "role": role, "link": link, "username": username, "until": until}
        return render_template("staff/invitation_mail.txt", **said)

    return Mail(to=to, subject=render_template("staff/invitation_subject.txt").strip(), words=words)


def _may_invite() -> bool:
    """Where the council's accounts alone open the door, nobody comes in by a password."""
    council = desk().rooms.council
    return council is None or not council.only_local


def _inviting() -> Team:
    if not _may_invite():
        raise NotFound
    return _team()


def _team() -> Team:
    found = desk().rooms.team
    if found is None:
        raise NotFound
    return found


def _other(staff_id: UUID) -> StaffMember:
    """Not oneself: an admin who takes the role away from themselves leaves nobody to give it back."""
    other = desk().store.staff(staff_id)
    if other is None or other.disabled_at is not None or other.id == member().id:
        raise NotFound
    return other
