"""The store of ``bot.ports`` on SQLite or PostgreSQL: its transaction put together from its parts, and its short claims."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select

from bot.alert_records import AlertDue, LooseAlert, OpenedWords
from bot.call_outs import DrillDue
from bot.cards import ExperienceCard, ExperienceView
from bot.errors import StoreUnavailable
from bot.hand_over import HandingDue
from bot.inbox import InboxFilter, InboxPage
from bot.inbox_place import Place
from bot.model import Address, ChannelName
from bot.records import ChatLine, ExportedMessage, OutboundClaim, Reach, StaffMember, TurnClaim
from bot.rota import Rota
from storage import alerting, call_outs, claims, exports, inbox, leases, loose, outbox, reaching, recent, talk
from storage.alert_sheets import Releasing
from storage.alerting import Alerting
from storage.audit import Auditing
from storage.call_outs import CallKeeping
from storage.campaigns import CampaignKeeping
from storage.database import Database
from storage.drafts import Drafts
from storage.erasing import Erasing
from storage.handings import HandingOver, handings_due
from storage.happenings import Happenings
from storage.hearing import Hearing
from storage.hiding import Hides
from storage.holds import Holds
from storage.identities import IdentityActs
from storage.outbox import Outbox
from storage.parking import Parking
from storage.passing import PassingActs
from storage.prepared import Prepared
from storage.promises import Promising
from storage.receipts import Receipts
from storage.redacting import Redacting
from storage.removing import Removes
from storage.said_anew import SayingAnew
from storage.sealing import Sealer
from storage.search import wipe
from storage.tables import experience, staff
from storage.tasks import TaskActs
from storage.team import TeamActs
from storage.telling import TellingKeeping
from storage.translations import Translating
from storage.turns import Turns
from storage.unit import Redactor

TAKEN = Prepared(select(experience.c.id).where(experience.c.reference == bindparam("wanted")))


class SqlTransaction(
    Promising,
    Happenings,
    Holds,
    Drafts,
    TaskActs,
    TeamActs,
    IdentityActs,
    PassingActs,
    Translating,
    Hides,
    SayingAnew,
    Removes,
    Redacting,
    Hearing,
    Turns,
    Parking,
    Erasing,
    Outbox,
    Receipts,
    Alerting,
    CallKeeping,
    HandingOver,
    Releasing,
    Auditing,
    CampaignKeeping,
    TellingKeeping,
):
    """``bot.ports.Transaction``: one unit of work, its methods by topic in the modules named above."""


class SqlStore:
    """``bot.ports.Store``.

    ``redactor`` makes the copy in clear of what we say; there is no default, for the wrong one would leak. ``people`` makes
    that of what people write, where it is another.
    """

    def __init__(self, database: Database, sealer: Sealer, redactor: Redactor, people: Redactor | None = None) -> None:
        self._database = database
        self._sealer = sealer
        self._redactor = redactor
        self._people = people or redactor
        # In a busy spell the next claim finds something too; in a quiet one SQLite is looked at first without the
        # write lock, which a web process may want just now. Only a guess: it never decides what is found.
        self._turns_come = False
        self._rows_go = False

    @property
    def people(self) -> Redactor:
        """Masks what people write."""
        return self._people

    @contextmanager
    def transaction(self) -> Iterator[SqlTransaction]:
        with self._database.writing() as connection:
            transaction = SqlTransaction(self._database, connection, self._sealer, self._redactor, self._people)
            yield transaction
        if transaction.erased or transaction.cut:
            with suppress(StoreUnavailable):
                wipe(self._database, steps=3)
            with suppress(StoreUnavailable):  # it is committed; a log too busy to be emptied now is emptied next time
                self._database.checkpoint()

    def claim_turn(
        self, *, worker: str, now: datetime, lease: timedelta, one_at_a_time: Sequence[ChannelName]
    ) -> TurnClaim | None:
        claim = claims.claim_turn(
            self._database,
            self._sealer,
            worker=worker,
            now=now,
            lease=lease,
            one_at_a_time=one_at_a_time,
            look_first=self._database.is_sqlite and not self._turns_come,
        )
        self._turns_come = claim is not None
        return claim

    def recent_texts(self, contact_id: UUID, *, since: datetime, before: int, limit: int) -> tuple[tuple[int, str], ...]:
        return recent.recent_texts(self._database, self._sealer, contact_id, since=since, before=before, limit=limit)

    def next_turn_at(self) -> datetime | None:
        return claims.next_turn_at(self._database)

    def claim_outbound(
        self, *, worker: str, now: datetime, lease: timedelta, without: Sequence[ChannelName]
    ) -> OutboundClaim | None:
        claim = outbox.claim_outbound(
            self._database,
            self._sealer,
            worker=worker,
            now=now,
            lease=lease,
            without=without,
            look_first=self._database.is_sqlite and not self._rows_go,
        )
        self._rows_go = claim is not None
        return claim

    def is_provider_id_of_another(self, channel: ChannelName, provider_id: str, *, apart_from: UUID) -> bool:
        return outbox.is_provider_id_of_another(self._database, self._sealer, channel, provider_id, apart_from=apart_from)

    def waits_behind(self, outbound_id: UUID) -> bool:
        return outbox.waits_behind(self._database, outbound_id)

    def sent_since(self, channel: ChannelName, since: datetime, *, to: Address | None = None) -> int:
        return outbox.sent_since(self._database, channel, since, index=None if to is None else self._sealer.blind_index(to))

    def alerts_due(self, now: datetime) -> tuple[AlertDue, ...]:
        return alerting.alerts_due(self._database, self._sealer, now)

    def reference_is_free(self, reference: str) -> bool:
        with self._database.reading() as connection:
            return not TAKEN.run(connection, {"wanted": reference}).all()

    def release_dead(self, worker: str) -> None:
        leases.release_dead(self._database, worker)

    def inbox(self, wanted: InboxFilter, *, at: Place | None = None, back: bool = False, size: int = 20) -> InboxPage:
        return inbox.inbox(self._database, wanted, at=at, back=back, size=size)

    def experience(self, reference: str) -> ExperienceView | None:
        return talk.experience_view(self._database, reference)

    def reach(self, reference: str) -> Reach | None:
        return reaching.reach(self._database, self._sealer, reference)

    def loose_alerts(self) -> tuple[LooseAlert, ...]:
        return loose.loose_alerts(self._database)

    def loose_alert(self, alert_id: UUID) -> LooseAlert | None:
        return loose.loose_alert(self._database, alert_id)

    def open_words(self, alert_id: UUID) -> OpenedWords:
        return loose.open_words(self._database, self._sealer, alert_id)

    def status_of(self, contact_id: UUID) -> ExperienceCard | None:
        return inbox.status_of(self._database, contact_id)

    def chat_lines(self, address: Address, *, after: int, channels: Sequence[ChannelName]) -> tuple[ChatLine, ...]:
        return talk.chat_lines(self._database, self._sealer, address, after=after, channels=channels)

    def turn_pending(self, address: Address) -> bool:
        return talk.turn_pending(self._database, self._sealer, address)

    def inbound_since(self, address: Address, since: datetime) -> int:
        return talk.inbound_since(self._database, self._sealer, address, since)

    def seq_of(self, channel: ChannelName, account: str, external_id: str) -> int | None:
        return talk.seq_of(self._database, self._sealer, channel, account, external_id)

    def staff_by_username(self, username: str) -> StaffMember | None:
        return next(iter(alerting.staff_members(self._database, self._sealer, staff.c.username == username)), None)

    def staff(self, staff_id: UUID) -> StaffMember | None:
        return next(iter(alerting.staff_members(self._database, self._sealer, staff.c.id == staff_id)), None)

    def all_staff(self) -> tuple[StaffMember, ...]:
        return alerting.staff_members(self._database, self._sealer)

    def rota(self) -> tuple[StaffMember, ...]:
        return alerting.rota(self._database, self._sealer)

    def export_messages(self) -> Iterator[ExportedMessage]:
        return exports.export_messages(self._database, self._sealer)

    def export_rows(self, what: str) -> Iterable[Mapping[str, object]]:
        return exports.export_rows(self._database, what)

    # --- calling out: ``bot.call_outs.CallStore`` ---

    def standing_rota(self) -> Rota:
        return call_outs.standing_rota(self._database, self._sealer)

    def rounds_since(self, since: datetime) -> tuple[datetime, ...]:
        return call_outs.rounds_since(self._database, since)

    def drills_due(self, now: datetime) -> tuple[DrillDue, ...]:
        return call_outs.drills_due(self._database, now)

    def handings_due(self, now: datetime) -> tuple[HandingDue, ...]:
        return handings_due(self._database, now)
