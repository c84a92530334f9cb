"""Comments under our posts: read them, see who wrote one, ask them once to talk to us in private."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from bot.comments import Comments, NotInvitableError
from staff.desk import desk, go, member, tell
from staff.forms import Reason, read_before


def add_comments(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/comments", "comments", comments, methods=["GET"])
    blueprint.add_url_rule("/comments/<uuid:comment_id>/author", "show_author", show_author, methods=["POST"])
    blueprint.add_url_rule("/comments/<uuid:comment_id>/invite", "invite", invite, methods=["POST"])


def _comments() -> Comments:
    found = desk().rooms.comments
    if found is None:
        abort(404)
    return found


def comments() -> ResponseReturnValue:
    return _page(read_before(request.args))


def _page(before: int | None, *, asked_of: UUID | None = None, reason: Reason | None = None) -> str:
    """``author`` in the session: the one comment whose writer the page before this one asked for; answered once. ``reason``:
    one that will not do, for the comment it was ``asked_of``.
    """
    use = _comments()
    found, onward = use.page(member(), before=before)
    asked = session.pop("author", None)
    shown = next((comment.id for comment in found if str(comment.id) == asked), None)
    return render_template(
        "staff/comments.html",
        comments=found,
        before=before,
        onward=onward,
        shown=shown,
        writer=use.writer(shown, member()) if shown else None,
        asked_of=asked_of,
        reason=reason,
    )


def show_author(comment_id: UUID) -> ResponseReturnValue:
    """The page after this one shows the name. Only the comment's id is carried there: no name is in a cookie."""
    use, reason = _comments(), Reason.read(request.form)
    if reason.errors:
        use.look(comment_id, member())
        return _page(read_before(request.form), asked_of=comment_id, reason=reason.of_writer()), 400
    use.show_writer(comment_id, member(), reason.why)
    session["author"] = str(comment_id)
    return _back(comment_id)


def invite(comment_id: UUID) -> ResponseReturnValue:
    try:
        _comments().invite(comment_id, member())
    except NotInvitableError:
        tell("not_invitable")
        return go(url_for("staff.comments", before=read_before(request.form)))
    tell("invited")
    return _back(comment_id)


def _back(comment_id: UUID) -> ResponseReturnValue:
    """To the same page of the list, with the focus on the comment."""
    return go(url_for("staff.comments", before=read_before(request.form)) + f"#comment-{comment_id}")
