"""Pages on paper: the template and its words for each screen, in the locale of this visit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import current_app, make_response, render_template, request
from flask.wrappers import Response

from bot.actions import Published
from bot.deletions import Deletion
from bot.model import EASY_READ, ENGLISH, Locale
from bot.pages import Notice, PageWords
from bot.records import ChatLine
from channels.changes import Day, answers_of
from channels.forms import TalkForm, ref_of
from channels.markup import marked
from channels.preview import Piece, Redact, preview_of
from channels.screens import Kind, Screen
from channels.sentences import sentences_of, showable
from channels.sessions import Sessions
from channels.visits import Visit

MOST_QUESTIONS = 3
OPTIONS = ("status", "human", "private", "share", "takeback", "mydata", "delete", "stop")
_PUBLIC = "words_yes"
"""The answer that lets public reports use the words: beside it stands how they would look."""
PICTURES = {
    "words_yes": "yours", "words_no": "team", "changes_yes": "say", "changes_no": "team",
    "invite_yes": "say", "invite_no": "team",
    "casework_yes": "say", "casework_no": "team", "complaint_yes": "say", "complaint_no": "team",
}  # fmt: skip
"""For Easy Read: the picture of an answer, by its key in the script."""
ADVICE = ("contact_charity", "ipsea", "local_offer")
"""Signposts for what this line is not for, in the order they are read."""
SPEAKERS = ("parent", "young_person", "family", "professional")

_OF_THE_TALK = frozenset({"pages.chat", "pages.take", "pages.options"})
"""Endpoints at which the bot is told of another locale; elsewhere a link leads to the page in it."""
_STAYS = frozenset({"pages.privacy", "pages.deletion", "pages.changes"})
"""Endpoints that can be read in another locale where they are."""

_TEMPLATES = {
    Kind.STORY: "public/story.html",
    Kind.WAITING: "public/waiting.html",
    Kind.QUESTION: "public/question.html",
    Kind.SAID: "public/said.html",
    Kind.QUIET: "public/quiet.html",
    Kind.SILENT: "public/said.html",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """Why a page is shown again, and what the person had put in it."""

    code: str
    form: TalkForm
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """What a form carries unseen. ``session`` only until there is a cookie, so that two presses are one person."""

    id: str
    session: str = ""
    locale: str = ""
    asked: int = 0
    ref: str = ""


class Paper:
    """Renders. Knows templates and words, no store."""

    def __init__(
        self,
        words: Mapping[Locale, PageWords],
        sessions: Sessions,
        redact: Redact,
        signposts: Mapping[str, str],
        *,
        asks: Callable[[str], bool] | None = None,
    ) -> None:
        self._asks = asks
        self._words = words
        self._sessions = sessions
        self._redact = redact
        self._advice = {key: signposts[key] for key in ADVICE}

    def screen(self, visit: Visit, screen: Screen, lines: Sequence[ChatLine] = (), *, mistake: Mistake | None = None) -> Response:
        """The one page of the talk; with ``mistake``, again and with what was in it."""
        if mistake is not None and screen.kind is Kind.WAITING:
            screen = replace(screen, kind=Kind.SILENT)
        preview = self._preview(visit.words, lines) if _PUBLIC in {choice.key for choice in screen.choices} else ()
        hidden = self._hidden(visit, asked=screen.seq, form=mistake.form if mistake else None)
        return self._render(
            visit,
            _TEMPLATES[screen.kind],
            status=mistake.status if mistake else 200,
            screen=screen,
            hidden=hidden,
            asks=bool(hidden.ref and self._asks is not None and self._asks(hidden.ref)),
            mistake=mistake,
            text=showable(mistake.form.text) if mistake else "",
            preview=preview,
            most=MOST_QUESTIONS,
            speakers=SPEAKERS,
            signposts=self._advice,
            pictures=PICTURES,
        )

    def _preview(self, words: PageWords, lines: Sequence[ChatLine]) -> tuple[tuple[Piece, ...], ...]:
        commands = [text for key, text in words.texts.items() if key.startswith("says.") and isinstance(text, str)]
        return preview_of(lines, commands=commands, redact=self._redact)

    def no_cookies(self, visit: Visit) -> Response:
        """Their words are kept; but this browser does not say who they are, so no answer can be shown."""
        return self._render(visit, "public/no_cookies.html", hidden=self._hidden(visit), mistake=None, text="")

    def options(self, visit: Visit) -> Response:
        return self._render(visit, "public/options.html", hidden=self._hidden(visit), options=OPTIONS)

    def notice(self, visit: Visit, notice: Notice) -> Response:
        return self._render(visit, "public/privacy.html", notice=notice)

    def changes(self, visit: Visit, day: Day, entries: Sequence[Published], *, is_preview: bool = False) -> Response:
        """What came of what families told; ``is_preview``: as it would stand there."""
        return self._render(visit, "public/changes.html", entries=entries, day=day, answers_of=answers_of, is_preview=is_preview)

    def deletion(self, visit: Visit, wish: Deletion | None) -> Response:
        """None: there is no such wish; a code with a slip in it is told apart from one that is done."""
        return self._render(visit, "public/deletion.html", status=200 if wish else 404, wish=wish)

    def missing(self, visit: Visit, *, status: int) -> Response:
        """For an address where there is nothing, or nothing in the way it was asked for."""
        return self._render(visit, "public/missing.html", status=status)

    def refusal(self, visit: Visit, code: str, *, status: int) -> Response:
        """For what cannot be shown again in a form."""
        return self._render(visit, "public/refusal.html", status=status, code=code)

    def again(self, visit: Visit, form: TalkForm) -> Response:
        """What could not be kept, whole and ready to be sent once more: words, or a button that was pressed."""
        hidden = self._hidden(visit, asked=form.asked, form=form)
        return self._render(
            visit, "public/again.html", status=503, code="not_kept", hidden=hidden, form=form, text=showable(form.text)
        )

    def trouble(self, visit: Visit) -> Response:
        response = self._render(visit, "public/trouble.html", status=503)
        response.headers["Retry-After"] = "30"
        return response

    def _hidden(self, visit: Visit, *, asked: int = 0, form: TalkForm | None = None) -> Hidden:
        form = form or TalkForm()
        return Hidden(
            id=form.form or self._sessions.nonce(),
            session="" if visit.token else form.session or self._sessions.open(),
            locale=visit.chosen or "",
            asked=asked,
            ref=form.ref or ref_of(request.args.get("ref", "")),
        )

    def _render(self, visit: Visit, template: str, *, status: int = 200, **values: object) -> Response:
        words = visit.words
        stays = request.endpoint in _STAYS or "is_preview" in values
        body = render_template(
            template,
            words=words,
            chosen=visit.chosen,
            easy=words.locale == EASY_READ,
            languages=sorted(self._words.values(), key=lambda other: (other.locale != ENGLISH, other.locale)),
            in_talk=visit.address is not None and request.endpoint in _OF_THE_TALK,
            place=request.endpoint if stays else "pages.chat",
            within=request.view_args if stays else {},
            nonce=self._sessions.nonce,
            has_changes="pages.changes" in current_app.view_functions,
            marked=lambda text: marked(showable(text)),
            ideas=_ideas if words.locale == EASY_READ else tuple,
            by_one=_ideas,
            **values,
        )
        return make_response(body, status)


def _ideas(texts: Sequence[str]) -> tuple[str, ...]:
    """One sentence a paragraph."""
    return tuple(sentence for text in texts for sentence in sentences_of(text))
