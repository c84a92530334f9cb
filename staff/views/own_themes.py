"""Themes as the team's own: add, rename, merge, retire, with their history; and tagging the past anew."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.errors import NotFound
from bot.matters import MatterView
from bot.own_themes import BadTheme, ChangeKind, OwnThemes, ThemeChange
from bot.retagging import Retagging
from bot.wall import may_publish
from staff.desk import desk, go, member, tell
from staff.marks import cleaned

_LONGEST = 2000
"""Characters that are read of one field."""


def add_own_themes(blueprint: Blueprint) -> None:
    at = "/themes/change"
    blueprint.add_url_rule(at, "own_themes", own_themes, methods=["GET"])
    blueprint.add_url_rule(f"{at}/add", "add_theme", add, methods=["POST"])
    blueprint.add_url_rule(f"{at}/rename", "rename_theme", rename, methods=["POST"])
    blueprint.add_url_rule(f"{at}/retire", "retire_theme", retire, methods=["POST"])
    blueprint.add_url_rule(f"{at}/from-matter/<uuid:matter_id>", "theme_from_matter", from_matter, methods=["GET"])
    blueprint.add_url_rule("/themes/retag", "retag", ask, methods=["POST"])
    blueprint.add_url_rule("/themes/retag/stop", "stop_retag", stop, methods=["POST"])


def own_themes() -> ResponseReturnValue:
    return _page()


def from_matter(matter_id: UUID) -> ResponseReturnValue:
    """The form, filled with the words that mark the matter."""
    matter = _matter(matter_id)
    if not may_publish(member()):
        raise NotFound
    return _page(given={"cues": "\n".join(matter.terms)}, matter=matter)


def add() -> ResponseReturnValue:
    given = {name: _text(name) for name in ("label", "group", "means", "excludes", "examples", "cues", "matter")}
    matter = _matter(_id(given["matter"])) if given["matter"] else None
    change = ThemeChange(
        kind=ChangeKind.ADD,
        theme="",
        label=given["label"],
        group=given["group"],
        means=given["means"],
        excludes=given["excludes"],
        examples=_lines(given["examples"]),
        cues=_lines(given["cues"]),
    )
    try:
        kept = _use().add(member(), change)
    except BadTheme as fault:
        return _page(given=given, fault=fault, form="add", matter=matter), 400
    matters = desk().rooms.matters
    if kept and matter is not None and matters is not None:
        matters.set_aside(matter.id, member())
    tell("theme_added" if kept else "theme_overtaken", label=change.label)
    return go(url_for("staff.own_themes"))


def rename() -> ResponseReturnValue:
    given = {"theme": _text("theme"), "new_label": _text("new_label")}
    try:
        kept = _use().rename(member(), given["theme"], given["new_label"])
    except BadTheme as fault:
        return _page(given=given, fault=fault, form="rename"), 400
    tell("theme_renamed" if kept else "theme_overtaken", label=given["new_label"])
    return go(url_for("staff.own_themes"))


def retire() -> ResponseReturnValue:
    given = {"gone": _text("gone"), "heir": _text("heir")}
    merge = request.form.get("how") == "merge"
    try:
        kept = _use().retire(member(), given["gone"], given["heir"], merge=merge)
    except BadTheme as fault:
        return _page(given=given, fault=fault, form="retire"), 400
    note = ("theme_merged" if merge else "theme_retired") if kept else "theme_overtaken"
    tell(note, label=desk().label(given["gone"]), heir=desk().label(given["heir"]))
    return go(url_for("staff.own_themes"))


def ask() -> ResponseReturnValue:
    tell("retag_begun" if _retagging().ask(member()) else "retag_under_way")
    return go(url_for("staff.own_themes"))


def stop() -> ResponseReturnValue:
    _retagging().stop(member())
    tell("retag_stopped")
    return go(url_for("staff.own_themes"))


def _use() -> OwnThemes:
    found = desk().rooms.own_themes
    if found is None:
        abort(404)
    return found


def _retagging() -> Retagging:
    found = desk().rooms.retagging
    if found is None:
        abort(404)
    return found


def _matter(matter_id: UUID) -> MatterView:
    matters = desk().rooms.matters
    found = matters.listed(member()) if matters is not None else ()
    matter = next((each for each in found if each.id == matter_id), None)
    if matter is None:
        raise NotFound
    return matter


def _id(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError as error:
        raise NotFound from error


def _text(name: str) -> str:
    return cleaned(request.form.get(name, "")).strip()[:_LONGEST]


def _lines(text: str) -> tuple[str, ...]:
    """One a line; a comma parts them as well where there is no line."""
    parts = text.splitlines() if "\n" in text else text.split(",")
    return tuple(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))


def _page(
    *,
    given: dict[str, str] | None = None,
    fault: BadTheme | None = None,
    form: str = "",
    matter: MatterView | None = None,
) -> str:
    use, taxonomy = _use(), desk().taxonomy
    return render_template(
        "staff/own_themes.html",
        may=may_publish(member()),
        groups=[(group, taxonomy.group_label(group)) for group in taxonomy.groups],
        living=use.living(),
        history=use.history(),
        retag=_retagging().last(),
        given=given or {},
        fault=fault,
        form=form,
        matter=matter,
    )
