"""Experiences as staff read them: a fixed number of queries for any number of cards. Redacted words only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, func, or_, select

from bot.alert_records import AlertView
from bot.cards import BY_PARENT, DecisionView, ExperienceCard, PassageView, SuggestionView, TaskView
from bot.conversation import Purpose
from bot.heard import Polarity, RiskLevel
from bot.model import ChannelName, Locale, Speaker
from bot.outgoing import DeliveryStatus, OutboundState, Priority
from storage.envelopes import spans
from storage.handings import handed_to
from storage.missed import missed_of
from storage.tables import (
    alert,
    consent,
    decision,
    experience,
    inbound_message,
    outbound_message,
    passage,
    staff,
    suggestion,
    task,
)
from storage.tables.experiences import STANDS
from storage.tables.messages import InboundState
from storage.unit import AnyRow

LADDER_WORDS = {
    (OutboundState.SENT.value, DeliveryStatus.DELIVERED): "delivered",
    (OutboundState.SENT.value, DeliveryStatus.READ): "read",
    (OutboundState.FAILED.value, DeliveryStatus.UNDELIVERED): "undelivered",
}

GONE_WRONG = ("failed", "undelivered", "withheld", "cancelled")

OWNER = staff.alias("owner")
CLEARER = staff.alias("clearer")
CARDS = (
    select(experience, staff.c.name.label("reader"), OWNER.c.name.label("owner"))
    .join_from(experience, staff, staff.c.id == experience.c.read_by, isouter=True)
    .join(OWNER, OWNER.c.id == experience.c.owner_id, isouter=True)
)


def word_of(row: AnyRow) -> str:
    """What became of one of our messages, in the ladder's words where it has climbed it."""
    state: str = row.state
    return LADDER_WORDS.get((state, row.status), state)


def cards(connection: Connection, rows: Sequence[AnyRow]) -> tuple[ExperienceCard, ...]:
    """Cards for rows of ``CARDS``, in their order."""
    ids = [row.id for row in rows]
    if not ids:
        return ()
    passages, agreed, owed = _passages(connection, ids), _consents(connection, ids), _tasks(connection, ids)
    alerts, told, doubted = _alerts(connection, ids), _messages(connection, ids), _doubtful(connection, ids)
    missed = missed_of(connection, ids)
    return tuple(
        ExperienceCard(
            id=row.id,
            reference=row.reference,
            channel=ChannelName(row.channel),
            locale=Locale(row.locale),
            speaker=Speaker(row.speaker),
            risk=RiskLevel(row.risk),
            promised_on=row.promised_on,
            opened_at=row.opened_at,
            place=row.place,
            needs_translation=row.needs_translation,
            parked=row.parked,
            as_one=row.as_one,
            # Words that came in later are not read yet, whoever read the earlier ones.
            read_at=None if row.unread else row.read_at,
            read_by=None if row.unread else row.reader,
            least_sure=row.least_sure,
            passages=tuple(passages[row.id]),
            consents=agreed[row.id],
            tasks=tuple(owed[row.id]),
            messages=told.get(row.id, 0),
            alerts=tuple(alerts[row.id]),
            missed=tuple(missed[row.id]),
            doubtful=row.id in doubted,
            owner_id=row.owner_id,
            owner=row.owner,
            asleep_until=row.asleep_until,
            due_on=row.due_on,
        )
        for row in rows
    )


def _by_experience(connection: Connection, query: Select[*tuple[Any, ...]]) -> dict[UUID, list[AnyRow]]:
    found: dict[UUID, list[AnyRow]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.experience_id].append(row)
    return found


def _passages(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, list[PassageView]]:
    rows = connection.execute(
        select(passage).where(passage.c.experience_id.in_(ids)).order_by(passage.c.inbound_seq, passage.c.position)
    ).all()
    suggestions, decisions = _suggestions(connection, ids), _decisions(connection, ids)
    found: dict[UUID, list[PassageView]] = defaultdict(list)
    for row in rows:
        found[row.experience_id].append(
            PassageView(
                id=row.id,
                text=row.text,
                polarity=Polarity(row.feeling or row.polarity),
                heard=Polarity(row.polarity) if row.feeling else None,
                suggestions=tuple(suggestions[row.id]),
                decisions=tuple(decisions[row.id]),
                translated=row.translation_id is not None,
            )
        )
    return found


def _suggestions(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, list[SuggestionView]]:
    query = (
        select(suggestion)
        .join_from(suggestion, passage, passage.c.id == suggestion.c.passage_id)
        .where(passage.c.experience_id.in_(ids))
        .order_by(suggestion.c.score.desc(), suggestion.c.id)
    )
    found: dict[UUID, list[SuggestionView]] = defaultdict(list)
    for row in connection.execute(query):
        view = SuggestionView(theme=row.theme, score=row.score, evidence=spans(row.evidence), tagger=row.tagger)
        found[row.passage_id].append(view)
    return found


def _decisions(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, list[DecisionView]]:
    query = (
        select(decision, staff.c.name)
        .join_from(decision, passage, passage.c.id == decision.c.passage_id)
        .join(staff, staff.c.id == decision.c.staff_id, isouter=True)
        .where(passage.c.experience_id.in_(ids), STANDS)
        .order_by(decision.c.id)
    )
    found: dict[UUID, list[DecisionView]] = defaultdict(list)
    for row in connection.execute(query):
        view = DecisionView(theme=row.theme, verdict=row.verdict, by=row.name or BY_PARENT, at=row.at, why=row.why)
        found[row.passage_id].append(view)
    return found


def _consents(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, dict[Purpose, bool]]:
    query = select(consent).where(consent.c.experience_id.in_(ids)).order_by(consent.c.id)
    found: dict[UUID, dict[Purpose, bool]] = defaultdict(dict)
    for row in connection.execute(query):
        found[row.experience_id][Purpose(row.purpose)] = row.given  # the newest answer stands
    return found


def _tasks(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, list[TaskView]]:
    owner = staff.alias("owner")
    query = (
        select(task, staff.c.name, owner.c.name.label("owner"))
        .join_from(task, staff, staff.c.id == task.c.done_by, isouter=True)
        .join(owner, owner.c.id == task.c.owner_id, isouter=True)
        .where(task.c.experience_id.in_(ids))
        .order_by(task.c.due_on, task.c.created_at, task.c.id)
    )
    return defaultdict(
        list,
        {
            experience_id: [
                TaskView(id=row.id, kind=row.kind, due_on=row.due_on, done_at=row.done_at, done_by=row.name, owner=row.owner)
                for row in rows
            ]
            for experience_id, rows in _by_experience(connection, query).items()
        },
    )


def _alerts(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, list[AlertView]]:
    query = (
        select(alert, staff.c.name, CLEARER.c.name.label("clearer"))
        .join_from(alert, staff, staff.c.id == alert.c.taken_by, isouter=True)
        .join(CLEARER, CLEARER.c.id == alert.c.cleared_by, isouter=True)
        .where(alert.c.experience_id.in_(ids))
        .order_by(alert.c.raised_at, alert.c.inbound_seq)
    )
    rows = connection.execute(query).all()
    found: dict[UUID, list[AlertView]] = defaultdict(list)
    for row, view in zip(rows, alert_views(connection, rows), strict=True):
        found[row.experience_id].append(view)
    return found


def alert_views(connection: Connection, rows: Sequence[AnyRow]) -> tuple[AlertView, ...]:
    """Alerts as staff read them, for rows of ``alert`` with the ``name`` of who has taken it and of its ``clearer``."""
    signposts = _signposts(connection, [row.id for row in rows])
    weighed = _weighed(connection, [row.inbound_seq for row in rows if row.by_scorer])
    handed = handed_to(connection, [row.id for row in rows if row.taken_by is not None and row.outcome is None])
    return tuple(
        AlertView(
            id=row.id,
            level=RiskLevel(row.level),
            kinds=tuple(row.kinds),
            raised_at=row.raised_at,
            taken_by=row.name,
            taken_at=row.taken_at,
            outcome=row.outcome,
            signpost_state=_worst(signposts[row.id]),
            by_scorer=row.by_scorer,
            weighed=weighed.get(row.inbound_seq, ()) if row.by_scorer else (),
            taker_id=row.taken_by,
            taken_over_at=row.taken_over_at,
            handed=handed.get(row.id),
            cleared_by=row.clearer,
            cleared_at=row.cleared_at,
            cleared_why=row.cleared_why or "",
        )
        for row in rows
    )


def _weighed(connection: Connection, seqs: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Of each message the words that spoke most for an alert of the second listener."""
    if not seqs:
        return {}
    message = inbound_message.c
    query = select(message.seq, message.redacted, message.weighed).where(message.seq.in_(seqs))
    return {row.seq: tuple(row.redacted[start:end] for start, end in spans(row.weighed)) for row in connection.execute(query)}


def _signposts(connection: Connection, alert_ids: Sequence[UUID]) -> dict[UUID, list[AnyRow]]:
    found: dict[UUID, list[AnyRow]] = defaultdict(list)
    if not alert_ids:
        return found
    query = select(outbound_message.c.alert_id, outbound_message.c.state, outbound_message.c.status).where(
        outbound_message.c.alert_id.in_(alert_ids), outbound_message.c.priority == int(Priority.SIGNPOST)
    )
    for row in connection.execute(query):
        found[row.alert_id].append(row)
    return found


def _worst(rows: Iterable[AnyRow]) -> str:
    """A signpost of several parts has arrived when all of it has: the part that got least far speaks for it."""
    parts = [(word_of(row) not in GONE_WRONG, row.status, word_of(row)) for row in rows]
    return min(parts)[2] if parts else ""


def _messages(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, int]:
    query = (
        select(inbound_message.c.experience_id, func.count().label("told"))
        .where(inbound_message.c.experience_id.in_(ids))
        .where(
            or_(
                inbound_message.c.state == InboundState.PARKED.value,
                inbound_message.c.is_story & (inbound_message.c.state == InboundState.HEARD.value),
            )
        )
        .group_by(inbound_message.c.experience_id)
    )
    return {row.experience_id: row.told for row in connection.execute(query)}


def _doubtful(connection: Connection, ids: Sequence[UUID]) -> frozenset[UUID]:
    """Those with words that might be names."""
    left = (inbound_message.c.experience_id.in_(ids), inbound_message.c.doubtful.is_not(None))
    return frozenset(connection.execute(select(inbound_message.c.experience_id).where(*left)).scalars())
