"""What the reply box shows, on the page of an experience and alone while somebody writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID, uuid4

from flask import abort

from bot.holding import Held
from bot.plain_english import Advice
from bot.replying import Box, Change, Replying
from bot.saved_replies import Version, blanks_of
from bot.writing import Sheet
from staff.desk import desk, member
from staff.letter_forms import LetterForm


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxForm:
    """The id under which the words are sent, and what is wrong with them."""

    id: UUID
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyPage:
    """``sheet`` is what would leave of ``words``; None where there are none yet. ``advice`` is None for another language.
    ``blanks`` are those still to be filled in; ``saved`` is what one may begin with.
    """

    box: Box
    form: BoxForm
    words: str = field(repr=False)
    changes: frozenset[Change]
    sheet: Sheet | None
    pence: Decimal | None
    advice: Advice | None
    blanks: tuple[str, ...]
    saved: tuple[Version, ...]


def replying() -> Replying:
    found = desk().rooms.replying
    if found is None:
        abort(404)
    return found


def reply_page(held: Held, form: LetterForm | None = None, *, changes: frozenset[Change] = frozenset()) -> ReplyPage:
    """With the words of a form that was sent; else with the draft of whoever is signed in."""
    use = replying()
    box = use.box(held, member())
    words = box.draft if form is None else form.words
    sheet, pence = use.sheet(held.talk, words) if words and box.barrier is None else (None, None)
    given = BoxForm(id=uuid4()) if form is None else BoxForm(id=form.id, errors=dict(form.errors))
    advice = use.plain.look(words, held.talk.locale)
    kept = desk().rooms.saved_replies
    return ReplyPage(
        box=box,
        form=given,
        words=words,
        changes=changes,
        sheet=sheet,
        pence=pence,
        advice=advice,
        blanks=blanks_of(words),
        saved=kept.usable() if kept else (),
    )
