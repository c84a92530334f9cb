"""The words families read: look, propose, see them on each channel, publish with a reason, go back."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.errors import NotFound
from bot.model import ENGLISH, Locale
from bot.wall import may_publish
from bot.word_desk import Board, Edition, NotPublished, WordDesk
from bot.word_previews import Showing
from bot.word_versions import FILES, has_text
from bot.wording import CHOICE, PLAIN
from bot.wording_rules import is_house
from staff import word_pages
from staff.desk import desk, go, member, tell
from staff.word_pages import typed

LONGEST_WHY = 300
_CHANNELS = ("sms", "whatsapp", "messenger", "telegram", "webchat", "pages", "email")


def add_words(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/words", "words", words, methods=["GET"])
    blueprint.add_url_rule("/words/changes", "word_changes", word_changes, methods=["GET"])
    blueprint.add_url_rule("/words/publish", "word_edition", word_edition, methods=["GET"])
    blueprint.add_url_rule("/words/publish", "publish_words", publish_words, methods=["POST"])
    blueprint.add_url_rule("/words/history", "word_history", word_history, methods=["GET"])
    blueprint.add_url_rule("/words/history/<int:number>", "word_version", word_version, methods=["GET"])
    blueprint.add_url_rule("/words/history/<int:number>", "go_back_words", go_back_words, methods=["POST"])
    blueprint.add_url_rule("/words/files/<locale>.toml", "word_file", word_file, methods=["GET"])
    blueprint.add_url_rule("/words/text/<locale>/<key>", "word_text", word_text, methods=["GET"])
    blueprint.add_url_rule("/words/text/<locale>/<key>", "propose_words", propose_words, methods=["POST"])


def words() -> ResponseReturnValue:
    board = _desk().board()
    locale = Locale(request.args.get("locale", ENGLISH))
    if locale not in board.base.tongues:
        locale = ENGLISH
    search = word_pages.read_search(request.args.get("q", ""))
    return render_template(
        "staff/word_list.html",
        board=board,
        locale=locale,
        search=search,
        steps=word_pages.lines(board, locale, search),
        order=[*word_pages.ROAD, word_pages.OTHER],
        tongues=_tongues(board),
    )


def word_text(locale: str, key: str) -> ResponseReturnValue:
    board, tag = _found(locale, key)
    return _text_page(board, tag, key)


def propose_words(locale: str, key: str) -> ResponseReturnValue:
    """Keep what was typed as a proposal; or, by the button that names a channel, take a proposal or a change back."""
    board, tag = _found(locale, key)
    use, back = _desk(), url_for("staff.word_text", locale=locale, key=key)
    if channel := request.form.get("drop"):
        use.propose(
            member(),
            tag,
            key,
            {field.channel: field.now or None for field in _fields(board, tag, key) if field.channel == channel},
        )
        tell("words_dropped")
        return go(back)
    if channel := request.form.get("files"):
        use.propose(member(), tag, key, {field.channel: None for field in _fields(board, tag, key) if field.channel == channel})
        tell("words_proposed")
        return go(back)
    given = {
        field.channel: typed(request.form[f"text_{field.channel}"])
        for field in _fields(board, tag, key)
        if f"text_{field.channel}" in request.form
    }
    own = request.form.get("new_channel", "")
    if own in _CHANNELS and own not in given and not key.startswith(f"{CHOICE}.") and typed(request.form.get("new_text", "")):
        given[own] = typed(request.form["new_text"])
    use.propose(member(), tag, key, {channel: text for channel, text in given.items() if text or channel == PLAIN})
    tell("words_proposed")
    return go(back)


def word_changes() -> ResponseReturnValue:
    board = _desk().board()
    everything = _desk().edition(board, [draft.place for draft in board.drafts])
    return render_template(
        "staff/word_changes.html",
        board=board,
        found=word_pages.differences(board.now, everything.wording, [draft.place for draft in board.drafts]),
        drafts={draft.place: draft for draft in board.drafts},
        faults=everything.faults,
        names=_names(),
        written=word_pages.written,
        step_of=word_pages.step_of,
        tongues=_tongues(board),
    )


def word_edition() -> ResponseReturnValue:
    chosen = request.args.getlist("place")
    if not chosen:
        tell("words_choose")
        return go(url_for("staff.word_changes"))
    board = _desk().board()
    edition = _desk().edition(board, word_pages.read_places(chosen))
    return _edition_page(board, edition, chosen=chosen)


def publish_words() -> ResponseReturnValue:
    chosen, why = request.form.getlist("place"), typed(request.form.get("why", ""))[:LONGEST_WHY]
    places = word_pages.read_places(chosen)
    use, seen = _desk(), request.form.get("seen", "")
    signed = {Locale(tag): name for tag in _tags() if (name := typed(request.form.get(f"signed_{tag}", ""))[:LONGEST_WHY])}
    try:
        number = use.publish(member(), places, why=why, seen=seen, signed=signed, today=desk().today())
    except NotPublished as refused:
        board = use.board()
        return _edition_page(board, use.edition(board, places), chosen=chosen, refused=refused, why=why), 400
    tell("words_published", number=number)
    return go(url_for("staff.words"))


def word_history() -> ResponseReturnValue:
    use = _desk()
    return render_template(
        "staff/word_history.html",
        versions=use.history(),
        board=use.board(),
        names=_names(),
        files=FILES,
        may=may_publish(member()),
    )


def word_version(number: int) -> ResponseReturnValue:
    board = _desk().board()
    return _edition_page(board, _desk().back_to(board, number), back_to=number)


def go_back_words(number: int) -> ResponseReturnValue:
    use, why = _desk(), typed(request.form.get("why", ""))[:LONGEST_WHY]
    try:
        made = use.go_back(member(), number, why=why, seen=request.form.get("seen", ""))
    except NotPublished as refused:
        board = use.board()
        return _edition_page(board, use.back_to(board, number), back_to=number, refused=refused, why=why), 400
    tell("words_published", number=made)
    return go(url_for("staff.words"))


def word_file(locale: str) -> ResponseReturnValue:
    """The file of a language with what is published in it, for the repository."""
    use = _desk()
    text = use.exported(use.board(), Locale(locale))
    headers = {"Content-Disposition": f'attachment; filename="{locale}.toml"'}
    return Response(text, mimetype="application/toml", headers=headers)


def _text_page(board: Board, locale: Locale, key: str) -> str:
    use, showing = _desk(), desk().rooms.showing
    faults = use.faults(board, locale, key)
    return render_template(
        "staff/word_text.html",
        board=board,
        locale=locale,
        key=key,
        step=word_pages.step_of(key),
        fields=_fields(board, locale, key),
        english=word_pages.variants(board.proposed.tongues[ENGLISH], key),
        is_house=is_house(locale),
        is_stale=key in word_pages.stale_keys(board.now, locale),
        may_have_own=not key.startswith(f"{CHOICE}."),
        own_channels=[name for name in _CHANNELS if name not in {field.channel for field in _fields(board, locale, key)}],
        values=_values(use, board, locale, key),
        faults=faults,
        shown=word_pages.previews(use, _showing(showing), board.proposed, locale, key),
        beside=[
            (each, word_pages.variants(board.now.tongues[locale], each)[PLAIN])
            for each in word_pages.neighbours(board.now.tongues[locale], key)
        ],
        tongues=_tongues(board),
        unfit=[each for each in board.left if (each.change.locale, each.change.key) == (locale, key)],
        is_under=any((change.locale, change.key) == (locale, key) for change in board.under),
    )


def _edition_page(
    board: Board,
    edition: Edition,
    *,
    chosen: list[str] | None = None,
    back_to: int | None = None,
    refused: NotPublished | None = None,
    why: str = "",
) -> str:
    return render_template(
        "staff/word_edition.html",
        board=board,
        edition=edition,
        found=word_pages.differences(board.now, edition.wording, edition.places),
        chosen=chosen or [],
        back_to=back_to,
        files=FILES,
        refused=refused.refusal.value if refused else "",
        why=why,
        may=may_publish(member()),
        step_of=word_pages.step_of,
        tongues=_tongues(board),
    )


def _desk() -> WordDesk:
    found = desk().rooms.words
    if found is None:
        abort(404)
    return found


def _showing(found: Showing | None) -> Showing:
    if found is None:
        abort(404)
    return found


def _found(locale: str, key: str) -> tuple[Board, Locale]:
    board, tag = _desk().board(), Locale(locale)
    if tag not in board.base.tongues or not has_text(board.base.tongues[tag], key):
        raise NotFound
    return board, tag


def _fields(board: Board, locale: Locale, key: str) -> list[word_pages.Field]:
    return word_pages.fields(board, locale, key)


def _values(use: WordDesk, board: Board, locale: Locale, key: str) -> dict[str, str]:
    """What each placeholder of this text becomes, as an example."""
    if key.startswith(f"{CHOICE}."):
        return {}
    tongue = board.base.tongues[locale]
    sample = use.checks.sample.values(board.base, locale, key)
    return {name: tongue.calendar.spoken(name, sample.get(name, "")) for name in sorted(tongue.placeholders(key))}


def _tongues(board: Board) -> dict[str, tuple[str, bool]]:
    """By locale, English first: its own name, and whether it runs from right to left."""
    order = sorted(board.base.tongues, key=lambda tag: (not is_house(tag), tag))
    return {tag: (board.base.tongues[tag].name, board.base.tongues[tag].is_rtl) for tag in order}


def _tags() -> list[str]:
    return [*_desk().base.tongues]


def _names() -> dict[str, str]:
    return {str(person.id): person.name for person in desk().store.all_staff()}
