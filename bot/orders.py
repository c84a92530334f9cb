"""What each command comes to: its effect, and the short answer that says what was done and when a person acts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from bot import status
from bot.asking import show_again
from bot.conversation import AddTask, ChangeLocale, Command, Purpose, RecordConsent, TakeBack
from bot.draft import Draft
from bot.model import EASY_READ, ENGLISH, Locale, Speaker
from bot.offering import offer_my_data
from bot.references import digits

STATES = frozenset({Command.STOP, Command.START})
"""They change whether we speak at all; the dialogue sees to them first."""
ROAD = frozenset({Command.SKIP, Command.DONE})
"""They steer the road and have no answer of their own."""

CODE_LASTS = timedelta(minutes=15)
"""How long a code confirms a deletion after we said it."""

LOOK_BACK = frozenset({Command.PRIVATE, Command.SHARE, Command.STATUS, Command.TAKEBACK, Command.DELETE, Command.MYDATA})
"""They are about what was sent before, however long ago."""

NEED_PROOF = frozenset({Command.STATUS, Command.MYDATA, Command.TAKEBACK, Command.SHARE})
"""They show or change the record, so the sender must be who they say. (DELETE asks for a code, sent to the true address;
STOP and PRIVATE only ever make us say less.)
"""


def obey(draft: Draft, command: Command, text: str, *, verified: bool = True) -> None:
    """Do what a command asks and answer it. ``text`` is the message it came as; ``verified``: from whom it says it is."""
    if command is Command.DELETE:
        _delete(draft, verified=verified)
    elif command is Command.LANGUAGE:
        _language(draft, text)
    elif command is Command.EASY:
        _easy(draft, text)
    elif (order := _ORDERS.get(command)) is not None:
        order(draft)


def obey_in_silence(draft: Draft, command: Command) -> None:
    """What is owed even to somebody we may not write to: a withdrawal holds, and a person sees what was asked."""
    if command is Command.PRIVATE:
        _record_words(draft, given=False)
    elif command is Command.HUMAN:
        _add_task(draft, "call_back")
    elif command is Command.MYDATA:
        _add_task(draft, "my_data")
    elif command is Command.DELETE:
        _add_task(draft, "look_again")


def _help(draft: Draft) -> None:
    draft.say("help")


def _human(draft: Draft) -> None:
    draft.say("human", values={"due_by": _add_task(draft, "call_back")})


def _my_data(draft: Draft) -> None:
    offer_my_data(draft)


def _privacy(draft: Draft) -> None:
    draft.say("privacy")


def _delete(draft: Draft, *, verified: bool) -> None:
    """Asks for the code; nothing is deleted by one word.

    A reference is said aloud and opens nothing: where the sender may be another, the code is not its number.
    """
    is_good = draft.code_is_good(draft.now)
    _ask_for_code(draft, "delete.again" if is_good else "delete.confirm", fresh=not verified and not is_good)


def refuse_code(draft: Draft, *, is_wrong: bool) -> None:
    """What was sent confirms no deletion: a yes, a wrong code, or one that came too late. The code that does is said.

    After a wrong one it is another, so that nobody comes nearer by guessing.
    """
    _ask_for_code(draft, "delete.again" if draft.code_is_good(draft.now) else "delete.late", fresh=is_wrong)


def _ask_for_code(draft: Draft, key: str, *, fresh: bool = False) -> None:
    """The first code is the number of a reference the person may know; one that ran out is followed by a fresh one."""
    conversation = draft.conversation
    code = conversation.delete_code or digits(conversation.reference or conversation.spare_reference)
    if fresh or (conversation.delete_code and not draft.code_is_good(draft.now)):
        code = _unlike(code, digits(conversation.spare_reference or conversation.reference or ""))
    draft.say(key, values={"code": code})
    draft.change(delete_code=code, delete_until=draft.now + CODE_LASTS, delete_asked=True)


def _unlike(old: str, drawn: str) -> str:
    """The code that was drawn; where chance gave the old one again, another: from 100 to 997, so never 999."""
    return drawn if drawn != old else str(int(old) % 898 + 100)


def _take_back(draft: Draft) -> None:
    if not (draft.conversation.experience_open or draft.conversation.campaign):
        draft.say("takeback.nothing")
        return
    draft.do(TakeBack())
    draft.change(preview="\n".join(draft.conversation.preview.split("\n")[:-1]))
    draft.say("takeback.done")


def _private(draft: Draft) -> None:
    _record_words(draft, given=False)
    draft.say("private.done")


def _share(draft: Draft) -> None:
    """Only for words that are there, and a child's yes is for a person to talk over."""
    if not draft.conversation.experience_open:
        draft.say("share.nothing", "tell.us")
    elif draft.conversation.speaker is Speaker.YOUNG_PERSON:
        _add_task(draft, "look_again")
        draft.say("noted.ask_first")
    else:
        _record_words(draft, given=True)
        draft.say("share.done")


def _easy(draft: Draft, text: str) -> None:
    """Easy Read is written in English: whoever talks in another language gets it when they name it, not for wanting
    simpler words.
    """
    spoken = draft.conversation.locale
    if spoken.partition("-")[0] == ENGLISH or draft.script.commands.locale_named(text, spoken) == EASY_READ:
        _change_locale(draft, EASY_READ)
    else:
        draft.say("language.list")


def _language(draft: Draft, text: str) -> None:
    locale = draft.script.commands.locale_named(text, draft.conversation.locale)
    if locale is None or locale not in draft.script.spoken:
        draft.say("language.list")
    else:
        _change_locale(draft, locale)


def _change_locale(draft: Draft, locale: Locale) -> None:
    draft.change(locale=locale)
    draft.do(ChangeLocale(locale))
    draft.say("language.done")
    show_again(draft)


def _record_words(draft: Draft, *, given: bool) -> None:
    draft.change(consents={**draft.conversation.consents, Purpose.WORDS_IN_PUBLIC: given})
    draft.do(RecordConsent(Purpose.WORDS_IN_PUBLIC, given, everywhere=not given))


def _add_task(draft: Draft, kind: str) -> str:
    """A task for a person; returns the day it is due, for the wording to say."""
    task = AddTask(kind, draft.script.hours.due_on(kind, draft.now))
    if task not in draft.effects:
        draft.do(task)
    return task.due_on.isoformat()


_ORDERS: Mapping[Command, Callable[[Draft], None]] = {
    Command.HELP: _help,
    Command.HUMAN: _human,
    Command.MYDATA: _my_data,
    Command.PRIVACY: _privacy,
    Command.STATUS: status.tell,
    Command.TAKEBACK: _take_back,
    Command.PRIVATE: _private,
    Command.SHARE: _share,
}
