"""``bot.taggers.TaggerRecords``: taggers are added and never changed but for which is at work; and what one can learn from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from itertools import groupby
from uuid import UUID

from sqlalchemy import Connection, and_, exists, func, insert, not_, or_, select, update

from bot.alerted import clears, was_real
from bot.cards import BY_PARENT, DecisionView, PassageView, SuggestionView
from bot.errors import BadContent, NotFound
from bot.heard import Polarity, RiskKind, RiskLevel
from bot.model import ENGLISH, Locale
from bot.safety import check
from bot.tagger_figures import Figures
from bot.taggers import SHIPPED, DamagedTagger, Decided, DecidedAlert, Hears, KeptTagger, NewTagger, TaggerState
from storage.audit import add_line
from storage.database import Database
from storage.envelopes import spans
from storage.sealing import Sealer
from storage.tables import alert, contact, decision, experience, inbound_message, passage, staff, suggestion, tagger
from storage.tables.experiences import STANDS
from storage.tables.messages import InboundState
from storage.translations import IN_RECORD, IS_FOREIGN
from storage.unit import AnyRow, Unit

_BATCH = 200
_CHAMPIONS = select(tagger.c.hears_danger, tagger.c.number).where(tagger.c.state == TaggerState.CHAMPION.value)
_BUT_THE_FILE = [column for column in tagger.c if column.name != "file"]
FIT_TO_READ = (
    *IN_RECORD,
    inbound_message.c.contact_id.is_not(None),
    inbound_message.c.risk < int(RiskLevel.CONCERN),
    experience.c.contact_id.is_not(None),
    experience.c.withdrawn.is_(False),
    experience.c.risk < int(RiskLevel.CONCERN),
    ~exists().where(alert.c.experience_id == experience.c.id),
    ~exists().where(alert.c.inbound_seq == inbound_message.c.seq),
    or_(passage.c.translation_id.is_not(None), not_(IS_FOREIGN), inbound_message.c.locale.is_(None)),
    passage.c.text != "",
)
"""Words in the record, in English, with no word of danger and no alert ever: machines may look through them."""
_FIT_TO_LEARN = (*FIT_TO_READ, exists().where(decision.c.passage_id == passage.c.id, STANDS))
"""And a person has decided about them."""
_CLOSED = (
    select(alert.c.level, alert.c.kinds, alert.c.by_scorer, alert.c.outcome, alert.c.cleared_at, inbound_message)
    .join_from(alert, inbound_message, inbound_message.c.seq == alert.c.inbound_seq)
    .join(contact, contact.c.id == inbound_message.c.contact_id)
    .where(alert.c.closed_at.is_not(None), contact.c.erased_at.is_(None))
    .where(inbound_message.c.state == InboundState.HEARD.value, inbound_message.c.redacted != "")
    .order_by(inbound_message.c.seq, alert.c.raised_at)
)
"""Alerts with an outcome, of words that are in the record."""


class SqlTaggers:
    """Short transactions of its own, each act with its line of the audit trail."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def champion(self, hears: Hears = Hears.THEMES) -> int:
        themes, danger = self.champions()
        return danger if hears is Hears.DANGER else themes

    def champions(self) -> tuple[int, int]:
        with self._database.reading() as connection:
            at_work = {row.hears_danger: row.number for row in connection.execute(_CHAMPIONS)}
        return at_work.get(False, SHIPPED), at_work.get(True, SHIPPED)

    def taggers(self) -> tuple[KeptTagger, ...]:
        query = select(*_BUT_THE_FILE, func.length(tagger.c.file).label("size")).order_by(tagger.c.number.desc())
        with self._database.reading() as connection:
            return tuple(_kept(row) for row in connection.execute(query))

    def file(self, number: int) -> bytes:
        with self._database.reading() as connection:
            row = connection.execute(select(tagger.c.file, tagger.c.digest).where(tagger.c.number == number)).one_or_none()
        if row is None:
            raise NotFound
        if not compare_digest(sha256(row.file).hexdigest(), row.digest):
            raise DamagedTagger
        data: bytes = row.file
        return data

    def keep(self, new: NewTagger) -> int:
        with self._database.writing() as connection:
            number = (connection.execute(select(func.max(tagger.c.number))).scalar_one() or SHIPPED) + 1
            if new.state is TaggerState.CHAMPION:
                _retire(connection, new.hears)
            connection.execute(insert(tagger), _values(new, number))
            self._audit(connection, new.made_by, f"keep_{new.state.value}_tagger", number, new.made_at)
        return number

    def use(self, number: int, *, by: str, now: datetime, hears: Hears = Hears.THEMES) -> None:
        with self._database.writing() as connection:
            if number == SHIPPED:
                _retire(connection, hears)
            else:
                danger = connection.execute(select(tagger.c.hears_danger).where(tagger.c.number == number)).scalar_one_or_none()
                if danger is None:
                    raise NotFound
                _retire(connection, Hears.DANGER if danger else Hears.THEMES)
                at_work = update(tagger).where(tagger.c.number == number).values(state=TaggerState.CHAMPION.value)
                connection.execute(at_work)
            shipped_danger = number == SHIPPED and hears is Hears.DANGER
            self._audit(connection, by, "use_danger_tagger" if shipped_danger else "use_tagger", number, now)

    def decided(self) -> Iterator[Decided]:
        after = UUID(int=0)
        while True:
            query = (
                select(experience.c.id).where(experience.c.id > after, exists().where(passage.c.experience_id == experience.c.id))
            ).order_by(experience.c.id)
            with self._database.reading() as connection:
                ids = list(connection.execute(query.limit(_BATCH)).scalars())
                found = _decided(connection, ids)
            yield from found
            if len(ids) < _BATCH:
                return
            after = ids[-1]

    def decided_alerts(self) -> Iterator[DecidedAlert]:
        with self._database.reading() as connection:
            rows = connection.execute(_CLOSED).all()
        for _, alerts in groupby(rows, lambda row: row.seq):
            yield from _decided_alert(list(alerts))

    def _audit(self, connection: Connection, by: str, action: str, number: int, now: datetime) -> None:
        unit = Unit(self._database, connection, self._sealer, redactor=str)
        add_line(unit, who=by, action=action, record=f"tagger:{number}", why="", now=now)


def _retire(connection: Connection, hears: Hears) -> None:
    at_work = and_(tagger.c.state == TaggerState.CHAMPION.value, tagger.c.hears_danger == (hears is Hears.DANGER))
    connection.execute(update(tagger).where(at_work).values(state=TaggerState.RETIRED.value))


def _values(new: NewTagger, number: int) -> dict[str, object]:
    return {
        "number": number,
        "version": new.version,
        "made_at": new.made_at,
        "made_by": new.made_by,
        "corpus_rows": new.rows,
        "decisions": new.decisions,
        "state": new.state.value,
        "says": new.says,
        "figures": new.figures.to_json() if new.figures else "",
        "file": new.file,
        "digest": sha256(new.file).hexdigest(),
        "hears_danger": new.hears is Hears.DANGER,
    }


def _kept(row: AnyRow) -> KeptTagger:
    try:
        figures = Figures.from_json(row.figures)
    except BadContent:
        figures = None
    return KeptTagger(
        number=row.number,
        version=row.version,
        made_at=row.made_at,
        made_by=row.made_by,
        rows=row.corpus_rows,
        decisions=row.decisions,
        state=TaggerState(row.state),
        says=row.says,
        size=row.size,
        figures=figures,
        hears=Hears.DANGER if row.hears_danger else Hears.THEMES,
    )


def _decided_alert(alerts: Sequence[AnyRow]) -> Iterator[DecidedAlert]:
    """Of one message. It was real if one of its alerts was; one that was heard in several messages as one says nothing of it.
    Nothing is known where whoever said that one was none took it back.
    """
    row = alerts[0]
    heard_in_it = [each for each in alerts if (each.weighed if each.by_scorer else check(row.redacted).level.needs_alert)]
    said = [(each, was_real(each.outcome or "")) for each in heard_in_it]
    if all(real is None for _, real in said):
        return
    gravest = max((each for each, real in said if real), key=lambda each: each.level, default=None)
    if gravest is None and any(clears(each.outcome or "") and each.cleared_at is None for each in heard_in_it):
        return
    yield DecidedAlert(
        text=row.redacted,
        is_real=gravest is not None,
        level=RiskLevel(gravest.level) if gravest else RiskLevel.NONE,
        kind=RiskKind(gravest.kinds[0]) if gravest and gravest.kinds else None,
        locale=Locale(row.locale or ENGLISH),
        contact_id=row.contact_id,
    )


def _decided(connection: Connection, ids: Sequence[UUID]) -> list[Decided]:
    query = (
        select(passage, inbound_message.c.channel, inbound_message.c.question)
        .join_from(passage, inbound_message, inbound_message.c.seq == passage.c.inbound_seq)
        .join(experience, experience.c.id == passage.c.experience_id)
        .where(passage.c.experience_id.in_(ids), *_FIT_TO_LEARN)
        .order_by(passage.c.experience_id, passage.c.inbound_seq, passage.c.position)
    )
    rows = connection.execute(query).all()
    return [
        Decided(passage=view, experience_id=row.experience_id, channel=row.channel, question=row.question)
        for row, view in zip(rows, passage_views(connection, rows), strict=True)
    ]


def passage_views(connection: Connection, rows: Sequence[AnyRow]) -> list[PassageView]:
    """For rows of ``passage``, in their order."""
    chosen = [row.id for row in rows]
    suggested, said = _suggestions(connection, chosen), _decisions(connection, chosen)
    return [
        PassageView(
            id=row.id,
            text=row.text,
            polarity=Polarity(row.polarity),
            suggestions=tuple(suggested[row.id]),
            decisions=tuple(said[row.id]),
            translated=row.translation_id is not None,
        )
        for row in rows
    ]


def _suggestions(connection: Connection, passages: Sequence[UUID]) -> dict[UUID, list[SuggestionView]]:
    found: dict[UUID, list[SuggestionView]] = defaultdict(list)
    for row in connection.execute(select(suggestion).where(suggestion.c.passage_id.in_(passages)).order_by(suggestion.c.id)):
        view = SuggestionView(theme=row.theme, score=row.score, evidence=spans(row.evidence), tagger=row.tagger)
        found[row.passage_id].append(view)
    return found


def _decisions(connection: Connection, passages: Sequence[UUID]) -> dict[UUID, list[DecisionView]]:
    query = (
        select(decision, staff.c.name)
        .join_from(decision, staff, staff.c.id == decision.c.staff_id, isouter=True)
        .where(decision.c.passage_id.in_(passages), STANDS)
        .order_by(decision.c.id)
    )
    found: dict[UUID, list[DecisionView]] = defaultdict(list)
    for row in connection.execute(query):
        by = BY_PARENT if row.staff_id is None else row.name
        found[row.passage_id].append(DecisionView(theme=row.theme, verdict=row.verdict, by=by, at=row.at, why=row.why))
    return found
