"""What a view has at hand: the parts of the site, who is signed in, and the note that outlives a redirect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app, g, redirect, session
from flask.typing import ResponseReturnValue

from bot.action_requests import ActionRequests
from bot.actions import Actions
from bot.actions_told import Telling
from bot.alert_desk import AlertDesk
from bot.byhand import ByHand
from bot.campaign_results import CampaignReview
from bot.channel_log import LogReading
from bot.comments import Comments
from bot.danger import PassingOn
from bot.deletions import Deletions
from bot.desk_work import DeskWork
from bot.door import Door, DoorRecords
from bot.errors import NotFound
from bot.exports import Exports
from bot.hiding import Hiding
from bot.holding import Holding
from bot.imports import Imports
from bot.invitations import Invitations
from bot.jobs import Jobs
from bot.loose import LooseReview
from bot.matters import Matters
from bot.media import Files
from bot.milestones import Milestones
from bot.originals import Originals
from bot.own_themes import OwnThemes
from bot.partners import Partners
from bot.passages import Passages
from bot.passkeys import Passkeys
from bot.ports import Clock, Store
from bot.posters import Posters
from bot.promises import Unkept
from bot.records import StaffMember
from bot.removing import Removing
from bot.replying import Leaving, Replying
from bot.retagging import Retagging
from bot.review import Review
from bot.reviewing import Reviewing
from bot.same_person import SamePerson
from bot.saved_replies import SavedReplies
from bot.saved_views import SavedViews
from bot.second_reading import SecondReading
from bot.second_step import SecondStep
from bot.sending_on import SendingOn
from bot.sure_ones import SureOnes
from bot.taggers import TaggerShelf
from bot.tasks import Counts, Tasks
from bot.team import Team
from bot.themes import Taxonomy
from bot.trail import Trail
from bot.translations import Translations
from bot.wall import may_handle_alerts
from bot.word_desk import WordDesk
from bot.word_previews import Showing
from staff.council import CouncilAccounts
from staff.gates import may_enter
from staff.passwords import Passwords

EXTENSION = "earshot_staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """What is done here beside reading. A part that is None is not to be had: its pages are not there, and the menu does
    not name them.
    """

    by_hand: ByHand | None = None
    comments: Comments | None = None
    deletions: Deletions | None = None
    same_person: SamePerson | None = None
    log: LogReading | None = None
    milestones: Milestones | None = None
    unkept: Unkept | None = None
    actions: Actions | None = None
    telling: Telling | None = None
    action_requests: ActionRequests | None = None
    campaigns: CampaignReview | None = None
    invitations: Invitations | None = None
    posters: Posters | None = None
    words: WordDesk | None = None
    showing: Showing | None = None
    holding: Holding | None = None
    replying: Replying | None = None
    saved_replies: SavedReplies | None = None
    tasks: Tasks | None = None
    translations: Translations | None = None
    taggers: TaggerShelf | None = None
    hiding: Hiding | None = None
    passing_on: PassingOn | None = None
    matters: Matters | None = None
    second_step: SecondStep | None = None
    partners: Partners | None = None
    council: CouncilAccounts | None = None
    team: Team | None = None
    passkeys: Passkeys | None = None
    can_mail: bool = False
    public_url: str = ""
    views: SavedViews | None = None
    desk_work: DeskWork | None = None
    reviewing: Reviewing | None = None
    passages: Passages | None = None
    removing: Removing | None = None
    sure_ones: SureOnes | None = None
    own_themes: OwnThemes | None = None
    retagging: Retagging | None = None
    second_reading: SecondReading | None = None
    alert_desk: AlertDesk | None = None
    originals: Originals | None = None
    trail: Trail | None = None
    jobs: Jobs | None = None
    imports: Imports | None = None
    exports: Exports | None = None
    sending_on: SendingOn | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts, joined once at the start. ``channels`` are those the inbox offers to filter by."""

    store: Store
    clock: Clock
    taxonomy: Taxonomy
    review: Review
    passwords: Passwords
    sessions: DoorRecords
    zone: ZoneInfo
    channels: Sequence[str]
    demo: bool
    rooms: Rooms = field(default_factory=Rooms)
    files: Files | None = None

    @property
    def door(self) -> Door:
        return Door(records=self.sessions, store=self.store, clock=self.clock)

    @property
    def loose(self) -> LooseReview:
        return LooseReview(self.store, self.clock)

    def today(self) -> date:
        """The day it is where the team works."""
        return self.clock.now().astimezone(self.zone).date()

    def label(self, theme: str) -> str:
        """What a list calls the theme. A theme that left the taxonomy keeps its code for a name."""
        try:
            return self.taxonomy.label(theme)
        except NotFound:
            return theme


def desk() -> Desk:
    found: Desk = current_app.extensions[EXTENSION]
    return found


def member() -> StaffMember:
    """Who is signed in. Only views behind the login may ask."""
    signed_in: StaffMember = g.member
    return signed_in


def note_reading(experience_id: UUID) -> None:
    """Who is signed in has this experience's words before them: the audit trail is told, once in each sitting."""
    trail = desk().rooms.trail
    if trail is not None:
        trail.note_reading(experience_id, member(), g.inside.session.id)


def entered(endpoint: str) -> bool:
    """Whether the person who is signed in may open a page: for the menu."""
    return may_enter(endpoint, member().role)


def handles_alerts() -> bool:
    """Whether the person who is signed in may see and handle what is with safeguarding."""
    if "handles_alerts" not in g:
        g.handles_alerts = may_handle_alerts(member(), desk().store.all_staff())
    allowed: bool = g.handles_alerts
    return allowed


def task_counts() -> Counts | None:
    """How many tasks wait, for the menu: looked up once a page."""
    use = desk().rooms.tasks
    if use is None:
        return None
    if "task_counts" not in g:
        g.task_counts = use.counts(member())
    found: Counts = g.task_counts
    return found


def leaving() -> tuple[Leaving, ...]:
    """What this member has sent and can still take back, for whatever page they have gone on to."""
    use = desk().rooms.replying
    return use.leaving(member()) if use is not None and may_enter("staff.take_back_letter", member().role) else ()


def tell(note: str, **values: str | int) -> None:
    """Say this on the next page. ``note`` is a key of ``templates/staff/notes.html``; values hold no parent's words."""
    session["note"] = {"note": note, **values}


def told() -> dict[str, str | int] | None:
    """What the last page wanted said, once."""
    note: dict[str, str | int] | None = session.pop("note", None)
    return note


def go(address: str) -> ResponseReturnValue:
    """After a form: to a page, with the focus on what it says happened. 303 turns the POST into a GET."""
    return redirect(address if "#" in address else f"{address}#told", code=303)
