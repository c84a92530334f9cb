"""You said, we did: actions, what hangs on them, what families read of them, and who is told."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from bot.action_requests import Wish
from bot.actions import State
from bot.telling_records import ToldState
from storage.columns import PlainJson, ShownText, UtcDateTime, WideInteger, links, one_of
from storage.tables.base import Row, table_of

PUBLIC = "taken_back_at IS NULL"


class ActionRow(Row, table=True):
    """What families said, in the team's words, and what is done about it, as the team has it now."""

    __tablename__ = "action"
    __table_args__ = (one_of("state", State),)

    id: UUID = Field(primary_key=True)
    title: str = Field(sa_type=ShownText)
    said: str = Field(sa_type=ShownText)
    did: str = Field(sa_type=ShownText)
    because: str = Field(sa_type=ShownText)
    locale: str = Field(sa_type=ShownText)
    state: str = Field(sa_type=ShownText)
    owner_id: UUID | None = None
    due_on: date | None = None
    made_at: datetime = Field(sa_type=UtcDateTime)
    made_by: UUID = Field(sa_column_args=links("staff.id"))
    changed_at: datetime = Field(sa_type=UtcDateTime)


class ActionRequestRow(Row, table=True):
    """Somebody asks a publisher for something, in a word of the team's own. ``yes`` empty: nobody has answered."""

    __tablename__ = "action_request"
    __table_args__ = (
        one_of("wish", Wish),
        CheckConstraint("(answered_at IS NULL) = (yes IS NULL)", name="answered_yes_or_no"),
        Index(
            "uq_action_request_open",
            "action_id",
            "wish",
            unique=True,
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    action_id: UUID = Field(sa_column_args=links("action.id"), index=True)
    wish: str = Field(sa_type=ShownText)
    word: str = Field(sa_type=ShownText)
    asked_by: UUID = Field(sa_column_args=links("staff.id"), index=True)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    answered_by: UUID | None = Field(default=None, sa_column_args=links("staff.id"))
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    yes: bool | None = None
    answer: str = Field(sa_type=ShownText)


class ActionChangeRow(Row, table=True):
    """One line of an action's history. ``before``: the fields that were others."""

    __tablename__ = "action_change"

    id: int | None = Field(default=None, primary_key=True, sa_type=WideInteger)
    action_id: UUID = Field(sa_column_args=links("action.id"), index=True)
    staff_id: UUID = Field(sa_column_args=links("staff.id"))
    what: str = Field(sa_type=ShownText)
    before: dict[str, str] = Field(sa_type=PlainJson)
    at: datetime = Field(sa_type=UtcDateTime)


class ActionLinkRow(Row, table=True):
    """An experience that an action came of. ``quoted``: a passage of it that is published word for word."""

    __tablename__ = "action_link"
    __table_args__ = (UniqueConstraint("action_id", "experience_id"),)

    id: UUID = Field(primary_key=True)
    action_id: UUID = Field(sa_column_args=links("action.id"))
    experience_id: UUID = Field(sa_column_args=links("experience.id"), index=True)
    linked_at: datetime = Field(sa_type=UtcDateTime)
    linked_by: UUID = Field(sa_column_args=links("staff.id"))
    unlinked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    quoted: UUID | None = None


class ActionEditionRow(Row, table=True):
    """The words as they were published. ``people``: how many had told of it; none: too few to say."""

    __tablename__ = "action_edition"
    __table_args__ = (
        one_of("state", State),
        Index("ix_action_edition_public", "action_id", unique=True, sqlite_where=text(PUBLIC), postgresql_where=text(PUBLIC)),
    )

    id: UUID = Field(primary_key=True)
    action_id: UUID = Field(sa_column_args=links("action.id"))
    title: str = Field(sa_type=ShownText)
    said: str = Field(sa_type=ShownText)
    did: str = Field(sa_type=ShownText)
    because: str = Field(sa_type=ShownText)
    locale: str = Field(sa_type=ShownText)
    state: str = Field(sa_type=ShownText)
    people: int | None = None
    published_at: datetime = Field(sa_type=UtcDateTime)
    published_by: UUID = Field(sa_column_args=links("staff.id"))
    taken_back_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    taken_back_by: UUID | None = None


class ActionRoundRow(Row, table=True):
    """A publisher pressed: these people are to be told, from ``goes_at`` on. ``stopped_at``: not the rest of them."""

    __tablename__ = "action_round"

    id: UUID = Field(primary_key=True)
    action_id: UUID = Field(sa_column_args=links("action.id"), index=True)
    started_by: UUID = Field(sa_column_args=links("staff.id"))
    started_at: datetime = Field(sa_type=UtcDateTime)
    goes_at: datetime = Field(sa_type=UtcDateTime)
    stopped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ActionToldRow(Row, table=True):
    """One person, told once of one action. ``outbound_ids``: the rows of the outbox that is; ``why`` it was held back."""

    __tablename__ = "action_told"
    __table_args__ = (one_of("state", ToldState), Index("ix_action_told_state", "state", "id"))

    id: UUID = Field(primary_key=True)
    action_id: UUID = Field(sa_column_args=links("action.id"), index=True)
    round_id: UUID = Field(sa_column_args=links("action_round.id"))
    contact_id: UUID = Field(sa_column_args=links("contact.id"), index=True)
    state: str = Field(sa_type=ShownText)
    outbound_ids: list[str] | None = Field(default=None, sa_type=PlainJson)
    why: str | None = Field(default=None, sa_type=ShownText)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


action = table_of(ActionRow)
action_request = table_of(ActionRequestRow)
action_change = table_of(ActionChangeRow)
action_link = table_of(ActionLinkRow)
action_edition = table_of(ActionEditionRow)
action_round = table_of(ActionRoundRow)
action_told = table_of(ActionToldRow)
