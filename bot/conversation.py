"""The talk as values: where it stands, what is said, and what one turn of it comes to. Nothing here acts.

``bot.dialogue`` makes a ``Turn``; ``bot.effects`` carries it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from bot.model import ENGLISH, Address, ChannelName, Locale, Speaker


class Command(StrEnum):
    """The words understood anywhere, as the outside knows them (CONTRACT: ``earshot analyse``)."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    HUMAN = "human"
    DELETE = "delete"
    MYDATA = "mydata"
    STATUS = "status"
    SKIP = "skip"
    DONE = "done"
    PRIVACY = "privacy"
    LANGUAGE = "language"
    EASY = "easy"
    PRIVATE = "private"
    SHARE = "share"
    TAKEBACK = "takeback"


class Purpose(StrEnum):
    """What a person may agree to; each is asked only when needed and withdrawn by a word."""

    WORDS_IN_PUBLIC = "words_in_public"
    TELL_WHAT_CHANGED = "tell_what_changed"
    INVITE_AGAIN = "invite_again"
    PASS_TO_SERVICE = "pass_to_service"  # noqa: S105 - a purpose, not a password


@dataclass(frozen=True, slots=True)
class Owed:
    """Something they were promised that is not done yet: a task by its kind, and its day."""

    kind: str
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a person's newest experience stands, looked up when they ask (STATUS). Facts of the record only.

    ``is_unread``: words came after it was read. ``looking_by``: the day they were named in place of a missed one.
    ``alike``: how many experiences of this term carry its theme, itself too; 0 where that is not to be said. ``others``:
    how many more they have told us. ``came``: the title of the newest action that came of any of it and is public.
    """

    reference: str
    promised_on: date
    read_on: date | None = None
    is_unread: bool = False
    looking_by: date | None = None
    theme: str | None = None
    alike: int = 0
    talked_on: date | None = None
    answer_on: date | None = None
    others: int = 0
    owed: tuple[Owed, ...] = ()
    came: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One talk on one channel, as plain data: everything ``take_turn`` may look at, and all it may change.

    ``asked`` counts how often each question was put; ``questions`` how many different ones since the story;
    ``said`` the bot messages since the story began. ``spare_reference`` is drawn for a new experience before the
    turn, for the dialogue itself knows no chance. ``experience_open`` is false before the first words and again
    after seven quiet days. ``preview`` is the redacted story so far, cut short: what SHOW ME shows before a yes.
    ``campaign`` is the one whose questions are asked, ``campaign_said`` counts our messages in it; ``campaign_offer`` is one
    they came by, or (``campaign_invited``) were invited to, and ``campaign_done`` that they have answered it. ``invites``:
    their word on being invited again, None before it was asked for.
    ``asked_in`` is the version of the words in which the newest consent was asked for.
    ``delete_code`` confirms a deletion until ``delete_until``; ``delete_asked``: that was asked last, so a yes or a no
    is about it.
    """

    id: UUID
    channel: ChannelName
    locale: Locale = ENGLISH
    step: str = "start"
    asked: Mapping[str, int] = field(default_factory=dict)
    questions: int = 0
    said: int = 0
    story_words: int = 0
    greeted: bool = False
    experience_open: bool = False
    reference: str | None = None
    spare_reference: str = ""
    promised_on: date | None = None
    speaker: Speaker = Speaker.PARENT
    place_known: bool = False
    danger: bool = False
    wellbeing: bool = False
    held: bool = False
    opted_out: bool = False
    delete_code: str | None = None
    delete_until: datetime | None = None
    delete_asked: bool = False
    consents: Mapping[Purpose, bool] = field(default_factory=dict)
    read_on: date | None = None
    last_at: datetime | None = None
    preview: str = ""
    campaign: str = ""
    campaign_said: int = 0
    campaign_offer: str = ""
    campaign_invited: bool = False
    campaign_done: bool = False
    invites: bool | None = None
    asked_in: str = ""
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class Say:
    """One bot message, as a key of the wording with its values. ``choices`` are keys of answers, in order.

    Several keys joined by ``+`` (``reflect+ask.probe_bad``) are said in one message; the last is the question.
    ``labels`` are the words of choices that are no part of the wording (a campaign's own).
    """

    key: str
    values: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpenExperience:
    """A new experience begins with the words of this turn."""

    reference: str
    promised_on: date


@dataclass(frozen=True, slots=True)
class PromiseSooner:
    """The experience that is open will be read by this day, which is before the one that was promised."""

    promised_on: date


@dataclass(frozen=True, slots=True)
class KeepStory:
    """These messages of the turn (by position) are feedback; the others were answers or commands only."""

    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CloseExperience:
    """The person has said all they wish to for now. Later words within seven days still join it."""


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """``everywhere``: a withdrawal holds for all that this person has told us, not for the newest experience alone."""

    purpose: Purpose
    given: bool
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class OptOut:
    """Silence on every address of this person, until START."""


@dataclass(frozen=True, slots=True)
class OptIn:
    """The person said START."""


@dataclass(frozen=True, slots=True)
class ChangeLocale:
    locale: Locale


@dataclass(frozen=True, slots=True)
class SetSpeaker:
    speaker: Speaker


@dataclass(frozen=True, slots=True)
class AddTask:
    """Something a person must do by a day: ``call_back``, ``my_data``, ``look_again``, ``write_by_hand`` (a death),
    ``question``, ``casework``, ``complaint``, ``foi``, ``remove_part``; ``threat`` and ``spam`` are to be looked at.
    """

    kind: str
    due_on: date


@dataclass(frozen=True, slots=True)
class EraseContact:
    """Everything this person sent is to be erased, but for what safeguarding must keep."""


@dataclass(frozen=True, slots=True)
class TakeBack:
    """The last message with feedback in it comes out of the record."""


@dataclass(frozen=True, slots=True)
class CorrectTheme:
    """The person's own word on what it was about; it outranks the tagger."""

    theme: str


@dataclass(frozen=True, slots=True)
class CountAsOne:
    """The person's own word that what we heard as two things is one; it outranks our cut into passages."""


@dataclass(frozen=True, slots=True)
class OfferCode:
    """The person wishes to carry on from elsewhere: a code is drawn for them, the ``{code}`` of what is said."""


@dataclass(frozen=True, slots=True)
class UseCode:
    """The person sent a code they were given elsewhere. Whether it leads anywhere is found out before the commit."""

    said: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OfferMyData:
    """The person asked what we hold: a link to it is drawn for them, the ``{my_data_url}`` of what is said."""


class Ending(StrEnum):
    """How the questions of a campaign came to an end for somebody."""

    FINISHED = "finished"
    LEFT = "left"
    STOPPED = "stopped"
    DANGER = "danger"
    OVER = "over"


class InvitationAnswer(StrEnum):
    GO = "go"
    LATER = "later"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class BeginCampaign:
    """Its first question is put. ``invited``: they said yes to an invitation; else they came by its link."""

    campaign: str
    invited: bool = False


@dataclass(frozen=True, slots=True)
class KeepAnswer:
    """The message at this position answers a question of a campaign: by a choice, or (None) by its words. ``late``: it came
    after the last day, and is not counted.
    """

    campaign: str
    question: str
    position: int
    answer: str | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class EndCampaign:
    """No more of its questions for this person."""

    campaign: str
    how: Ending


@dataclass(frozen=True, slots=True)
class AnswerInvitation:
    campaign: str
    answer: InvitationAnswer


CampaignEffect = BeginCampaign | KeepAnswer | EndCampaign | AnswerInvitation


@dataclass(frozen=True, slots=True)
class JoinContact:
    """Whoever is reached there is this same person."""

    address: Address


Effect = (
    OpenExperience
    | PromiseSooner
    | KeepStory
    | CloseExperience
    | RecordConsent
    | OptOut
    | OptIn
    | ChangeLocale
    | SetSpeaker
    | AddTask
    | EraseContact
    | TakeBack
    | CorrectTheme
    | CountAsOne
    | OfferCode
    | UseCode
    | OfferMyData
    | JoinContact
    | BeginCampaign
    | KeepAnswer
    | EndCampaign
    | AnswerInvitation
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one turn comes to: the conversation after it, what to say, what to do. All of it is committed together.

    ``silence`` states why nothing is said; it is set exactly when ``says`` is empty.
    """

    conversation: Conversation
    says: tuple[Say, ...] = ()
    effects: tuple[Effect, ...] = ()
    silence: str | None = None
