"""Experiences as the store writes them: opened, joined, described, tagged; what was agreed and what is owed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID, uuid4, uuid5

from sqlalchemy import Connection, Integer, and_, bindparam, case, exists, func, insert, not_, null, or_, select, update

from bot.conversation import Purpose
from bot.draft import WRITE_BY_HAND
from bot.errors import NotFound
from bot.heard import Heard, Passage, RiskLevel
from bot.model import ChannelName, Locale, Speaker
from bot.records import NewDecision
from storage.masking import hide_said, masked_by
from storage.prepared import Prepared
from storage.quiet import heed_no, quieten
from storage.tables import consent, experience, inbound_message, passage, suggestion, task
from storage.tables import decision as decision_table
from storage.tables.experiences import STANDS
from storage.tables.messages import InboundState
from storage.unit import Unit

BEST = select(func.max(suggestion.c.score)).where(suggestion.c.passage_id == passage.c.id).scalar_subquery()
DOUBT = case((exists().where(decision_table.c.passage_id == passage.c.id, STANDS), 0.0), else_=1.0 - func.coalesce(BEST, 0.0))
meant = passage.alias("meant")
# Words that were translated are themed by their translation.
IS_TRANSLATED = and_(
    passage.c.translation_id.is_(None),
    exists().where(meant.c.inbound_seq == passage.c.inbound_seq, meant.c.translation_id.is_not(None)),
)
MOST_DOUBT = select(func.max(DOUBT)).where(passage.c.experience_id == experience.c.id, not_(IS_TRANSLATED)).scalar_subquery()

THIS = update(experience).where(experience.c.id == bindparam("of_experience"))
"""One experience; what is given beside it is what changes."""

# ``storage.tables.experiences`` says what it is.
MEASURE = THIS.values(least_sure=func.coalesce(MOST_DOUBT, 1.0))

# New words make it unread again, wake it, and bring back one whose words had all been taken out.
GROW = Prepared(MEASURE.values(unread=True, withdrawn=False, closed_at=null(), asleep_until=null()))

HASTEN = THIS.where(experience.c.promised_on > bindparam("sooner")).values(promised_on=bindparam("sooner"))

NEW_RISK = bindparam("new_risk", type_=Integer)
LEARN_KEEPING = [experience.c[name] for name in ("speaker", "place", "district", "service", "age_band", "needs_translation")]
# Nothing is learnt about what has just been erased: a tombstone stays blank.
LEARN = Prepared(
    THIS.where(not_(experience.c.withdrawn)).values(
        {"risk": case((experience.c.risk < NEW_RISK, NEW_RISK), else_=experience.c.risk)}
        | {column.name: func.coalesce(bindparam(f"new_{column.name}", type_=column.type), column) for column in LEARN_KEEPING}
    )
)

CHANGE = Prepared(THIS)

HEAR = Prepared(
    update(inbound_message)
    .where(inbound_message.c.seq == bindparam("of_seq"), inbound_message.c.state == InboundState.WAITING.value)
    .returning(inbound_message.c.id)
)

OPEN = Prepared(insert(experience))
ADD_PASSAGE = Prepared(insert(passage))
ADD_SUGGESTION = Prepared(insert(suggestion).inline())

HOLD = select(experience.c.id).where(experience.c.id == bindparam("of_experience")).with_for_update(key_share=True)

_READ_BEFORE = select(experience.c.read_at, experience.c.read_by).where(
    experience.c.id == bindparam("of_experience"), experience.c.read_at.is_not(None), experience.c.read_by.is_not(None)
)

NEWER = (
    select(inbound_message.c.seq)
    .where(inbound_message.c.experience_id == bindparam("of_experience"), inbound_message.c.seq > bindparam("seen"))
    .where(
        or_(
            inbound_message.c.state == InboundState.PARKED.value,
            inbound_message.c.is_story & (inbound_message.c.state == InboundState.HEARD.value),
        )
    )
    .limit(1)
)
"""Words for a reader that came after these: what makes an experience unread. An answer to a question does not."""


def measure_sureness(connection: Connection, experience_id: UUID) -> None:
    connection.execute(MEASURE, {"of_experience": experience_id})


class Experiences(Unit):
    """The methods of ``bot.ports.Transaction`` about experiences."""

    def open_experience(
        self,
        experience_id: UUID,
        *,
        contact_id: UUID,
        conversation_id: UUID,
        channel: ChannelName,
        reference: str,
        promised_on: date,
        locale: Locale,
        speaker: Speaker,
        now: datetime,
        ref: str | None = None,
    ) -> None:
        OPEN.run(
            self.connection,
            {
                "id": experience_id,
                "contact_id": contact_id,
                "conversation_id": conversation_id,
                "channel": channel,
                "reference": reference,
                "promised_on": promised_on,
                "locale": locale,
                "speaker": speaker.value,
                "opened_at": now,
                "ref": ref,
            },
        )

    def promise_sooner(self, experience_id: UUID, day: date) -> None:
        self.connection.execute(HASTEN, {"of_experience": experience_id, "sooner": day})

    def mark_unread(self, experience_id: UUID) -> None:
        CHANGE.run(self.connection, {"of_experience": experience_id, "unread": True})

    def count_as_one(self, experience_id: UUID) -> None:
        CHANGE.run(self.connection, {"of_experience": experience_id, "as_one": True})

    def close_experience(self, experience_id: UUID, now: datetime) -> None:
        CHANGE.run(self.connection, {"of_experience": experience_id, "closed_at": now})

    def describe_experience(
        self,
        experience_id: UUID,
        *,
        speaker: Speaker | None = None,
        place: str | None = None,
        district: str | None = None,
        service: str | None = None,
        age_band: str | None = None,
        risk: RiskLevel | None = None,
        needs_translation: bool | None = None,
    ) -> None:
        learnt = {
            "new_speaker": None if speaker is None else speaker.value,
            "new_place": place,
            "new_district": district,
            "new_service": service,
            "new_age_band": age_band,
            "new_needs_translation": needs_translation,
            "new_risk": int(RiskLevel.NONE if risk is None else risk),
        }
        LEARN.run(self.connection, {"of_experience": experience_id, **learnt})

    def mark_heard(
        self,
        seq: int,
        heard: Heard,
        *,
        experience_id: UUID | None,
        question: str | None,
        is_story: bool,
        tagger: str,
        taxonomy: str,
    ) -> tuple[UUID, ...]:
        """Does nothing to a message that was erased or taken back meanwhile. A story has at least one passage."""
        values = {
            "state": InboundState.HEARD.value,
            "redacted": heard.redacted,
            "locale": heard.locale,
            "locale_score": heard.locale_score,
            "polarity": heard.polarity.value,
            "question": question,
            "is_story": is_story,
            "experience_id": experience_id,
            "tagger": tagger,
            "taxonomy": taxonomy,
            **masked_by(heard),
        }
        message_id = HEAR.run(self.connection, {"of_seq": seq, **values}).scalar_one_or_none()
        if message_id is None or experience_id is None:
            return ()
        ids = self._add_story(message_id, seq, heard, experience_id, tagger, taxonomy) if is_story else ()
        hide_said(self, seq, experience_id)
        return ids

    def _add_story(
        self, message_id: UUID, seq: int, heard: Heard, experience_id: UUID, tagger: str, taxonomy: str
    ) -> tuple[UUID, ...]:
        passages = heard.passages or (Passage(0, len(heard.redacted), heard.redacted, heard.polarity, heard.themes),)
        ids = tuple(uuid5(message_id, str(position)) for position in range(len(passages)))
        self._add_passages(ids, passages, seq, experience_id)
        self._add_suggestions(ids, passages, tagger, taxonomy)
        GROW.run(self.connection, {"of_experience": experience_id})
        return ids

    def _add_passages(self, ids: Sequence[UUID], passages: Sequence[Passage], seq: int, experience_id: UUID) -> None:
        rows = [
            {
                "id": passage_id,
                "experience_id": experience_id,
                "inbound_seq": seq,
                "position": position,
                "starts": each.start,
                "ends": each.end,
                "text": each.text,
                "polarity": each.polarity.value,
            }
            for position, (passage_id, each) in enumerate(zip(ids, passages, strict=True))
        ]
        ADD_PASSAGE.run_all(self.connection, rows)

    def _add_suggestions(self, ids: Sequence[UUID], passages: Sequence[Passage], tagger: str, taxonomy: str) -> None:
        rows = [
            {
                "passage_id": passage_id,
                "theme": each.theme,
                "score": each.score,
                "evidence": [list(span) for span in each.evidence],
                "tagger": tagger,
                "taxonomy": taxonomy,
            }
            for passage_id, heard_passage in zip(ids, passages, strict=True)
            for each in heard_passage.suggestions
        ]
        ADD_SUGGESTION.run_all(self.connection, rows)

    def passages_of(self, experience_id: UUID) -> tuple[UUID, ...]:
        query = select(passage.c.id).where(passage.c.experience_id == experience_id)
        return tuple(self.connection.execute(query.order_by(passage.c.inbound_seq, passage.c.position)).scalars())

    def add_decision(self, decision: NewDecision) -> None:
        experience_id = self.connection.execute(
            select(passage.c.experience_id).where(passage.c.id == decision.passage_id)
        ).scalar_one_or_none()
        if experience_id is None:
            raise NotFound
        self.connection.execute(
            insert(decision_table),
            {
                "passage_id": decision.passage_id,
                "theme": decision.theme,
                "verdict": decision.verdict,
                "staff_id": decision.staff_id,
                "why": decision.why,
                "taxonomy": decision.taxonomy,
                "at": decision.at,
            },
        )
        measure_sureness(self.connection, experience_id)

    def add_consent(
        self,
        *,
        contact_id: UUID,
        experience_id: UUID | None,
        purpose: Purpose,
        given: bool,
        wording: str,
        inbound_seq: int | None,
        now: datetime,
        everywhere: bool = False,
    ) -> None:
        about = {experience_id}
        if everywhere:
            opposite = select(consent.c.experience_id).where(
                consent.c.contact_id == contact_id, consent.c.purpose == purpose.value, consent.c.given.is_(not given)
            )
            about.update(self.connection.execute(opposite).scalars())
        self.connection.execute(
            insert(consent),
            [
                {
                    "contact_id": contact_id,
                    "experience_id": each,
                    "purpose": purpose.value,
                    "given": given,
                    "wording": wording,
                    "inbound_seq": inbound_seq,
                    "at": now,
                }
                for each in about
            ],
        )
        if purpose is Purpose.TELL_WHAT_CHANGED and not given:
            heed_no(self, contact_id, about)

    def add_task(self, *, contact_id: UUID, experience_id: UUID | None, kind: str, due_on: date, now: datetime) -> None:
        self.connection.execute(
            insert(task),
            {
                "id": uuid4(),
                "contact_id": contact_id,
                "experience_id": experience_id,
                "kind": kind,
                "due_on": due_on,
                "created_at": now,
            },
        )
        if kind == WRITE_BY_HAND:
            quieten(self, contact_id)

    def finish_task(self, task_id: UUID, staff_id: UUID, now: datetime) -> bool:
        """Whoever did it first stands."""
        open_one = update(task).where(task.c.id == task_id, task.c.done_at.is_(None))
        return bool(self.connection.execute(open_one.values(done_at=now, done_by=staff_id)).rowcount)

    def mark_read(self, experience_id: UUID, staff_id: UUID, now: datetime, *, seen: int | None = None) -> bool:
        # The row is locked before the messages are looked at: a turn that is adding words to it is waited for and seen.
        self.connection.execute(HOLD, {"of_experience": experience_id})
        newer = {"of_experience": experience_id, "seen": seen}
        if seen is not None and self.connection.execute(NEWER, newer).first() is not None:
            return False
        was = self.connection.execute(_READ_BEFORE, {"of_experience": experience_id}).first()
        self.stood[f"experience:{experience_id}"] = None if was is None else f"{was.read_at.isoformat()} {was.read_by}"
        changes = {"unread": False, "read_at": now, "read_by": staff_id}
        CHANGE.run(self.connection, {"of_experience": experience_id, **changes})
        return True
