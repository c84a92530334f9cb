"""The inbox: which experiences wait for the team, the gravest first."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, false, func, not_, or_, select, true

from bot.model import RiskLevel
from bot.records import ExperienceCard, InboxFilter, InboxPage
from storage.cards import CARDS, cards
from storage.database import Database
from storage.tables import alert, decision, experience, inbound_message, passage, suggestion, task, translation

SPAM = "spam"
"""The kind of the task to look whether it is spam or a family."""

LINKED = exists().where(alert.c.experience_id == experience.c.id)

# A worry whose alert has not been linked to it yet counts as an open one: it must not slip below the fold.
ALERT_OPEN = or_(
    exists().where(alert.c.experience_id == experience.c.id, alert.c.closed_at.is_(None)),
    and_(experience.c.risk >= int(RiskLevel.CONCERN), not_(LINKED)),
)

LISTED = not_(experience.c.withdrawn)

# What has been read and still owes a call back is not done with.
TASK_OPEN = exists().where(task.c.experience_id == experience.c.id, task.c.done_at.is_(None))

NEWEST_DOUBT = (
    select(func.max(task.c.created_at))
    .where(task.c.experience_id == experience.c.id, task.c.kind == SPAM, task.c.done_at.is_(None))
    .scalar_subquery()
)
WORDS_SINCE = exists().where(
    inbound_message.c.experience_id == experience.c.id, inbound_message.c.is_story, inbound_message.c.received_at > NEWEST_DOUBT
)

SET_ASIDE = and_(LISTED, NEWEST_DOUBT.is_not(None), not_(WORDS_SINCE), not_(ALERT_OPEN), experience.c.risk == int(RiskLevel.NONE))
"""It looks like spam, and nobody has looked. Further words that do not bring it back, and so does any worry."""

OPEN = and_(LISTED, or_(experience.c.unread, ALERT_OPEN, TASK_OPEN), not_(SET_ASIDE))

SINCE = (
    select(func.min(alert.c.raised_at))
    .where(alert.c.experience_id == experience.c.id, alert.c.closed_at.is_(None))
    .scalar_subquery()
)

# Whatever else is filtered for: how many there are must not tell what stands in them.
BEHIND_THE_WALL = select(
    func.count(), func.min(func.coalesce(SINCE, experience.c.opened_at), type_=experience.c.opened_at.type)
).where(LISTED, ALERT_OPEN)

ORDER = (
    case((ALERT_OPEN, 0), else_=1),
    experience.c.risk.desc(),
    experience.c.promised_on,
    experience.c.least_sure.desc(),
    experience.c.opened_at,
    experience.c.id,
)
"""Open alerts, then by risk, then the day promised, then what the tagger is least sure of, then age."""


def inbox(database: Database, wanted: InboxFilter, *, page: int, size: int) -> InboxPage:
    """``bot.ports.Store.inbox``. ``open_count`` is of all that is open, whatever else is filtered for."""
    within = [] if wanted.with_safeguarding else [not_(ALERT_OPEN)]
    shelf = SET_ASIDE if wanted.set_aside else OPEN if wanted.open_only else LISTED
    found = and_(shelf, *within, *_conditions(wanted))
    with database.reading() as connection:
        total = connection.execute(select(func.count()).select_from(experience).where(found)).scalar_one()
        open_count = connection.execute(select(func.count()).select_from(experience).where(OPEN, *within)).scalar_one()
        set_aside = connection.execute(select(func.count()).select_from(experience).where(SET_ASIDE, *within)).scalar_one()
        hidden, hidden_since = (0, None) if wanted.with_safeguarding else connection.execute(BEHIND_THE_WALL).one()
        pages = max(1, -(-total // size))
        page = min(max(page, 1), pages)
        rows = connection.execute(CARDS.where(found).order_by(*ORDER).limit(size).offset((page - 1) * size)).all()
        return InboxPage(
            cards=cards(connection, rows),
            total=total,
            open_count=open_count,
            page=page,
            pages=pages,
            set_aside=set_aside,
            hidden=hidden,
            hidden_since=hidden_since,
        )


def status_of(database: Database, contact_id: UUID) -> ExperienceCard | None:
    """``bot.ports.Store.status_of``: this person's newest experience that is still in the record."""
    query = CARDS.where(experience.c.contact_id == contact_id, LISTED)
    with database.reading() as connection:
        rows = connection.execute(query.order_by(experience.c.opened_at.desc(), experience.c.id).limit(1)).all()
        found = cards(connection, rows)
    return found[0] if found else None


def _conditions(wanted: InboxFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.channels:
        conditions.append(experience.c.channel.in_(wanted.channels))
    if wanted.themes:
        conditions.append(_of_passages(or_(*(_carries(theme) for theme in wanted.themes))))
    if wanted.polarity:
        conditions.append(_of_passages(passage.c.polarity.in_(wanted.polarity)))
    if words := wanted.words.split():
        by_reference = experience.c.reference.icontains(" ".join(words), autoescape=True)
        conditions.append(or_(by_reference, and_(*(_says(word) for word in words))))
    return conditions


def _of_passages(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(passage.c.experience_id == experience.c.id, condition)


def _says(word: str) -> ColumnElement[bool]:
    of_it = inbound_message.c.experience_id == experience.c.id
    meant = exists().where(
        of_it, translation.c.inbound_seq == inbound_message.c.seq, translation.c.redacted.icontains(word, autoescape=True)
    )
    return or_(exists().where(of_it, inbound_message.c.redacted.icontains(word, autoescape=True)), meant)


def _carries(theme: str) -> ColumnElement[bool]:
    """Whether a passage has this tag as it stands: staff outrank the parent, the parent outranks the tagger."""
    said = (
        select(decision.c.verdict)
        .where(decision.c.passage_id == passage.c.id, decision.c.theme == theme)
        .order_by(decision.c.id.desc())
        .limit(1)
    )
    by_staff = said.where(decision.c.staff_id.is_not(None)).scalar_subquery()
    by_parent = said.where(decision.c.staff_id.is_(None)).scalar_subquery()
    suggested = exists().where(suggestion.c.passage_id == passage.c.id, suggestion.c.theme == theme)
    stands: ColumnElement[bool] = func.coalesce(by_staff, by_parent, case((suggested, true()), else_=false()))
    return stands.is_(true())
