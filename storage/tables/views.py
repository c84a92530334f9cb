"""Views of the inbox that staff save."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from storage.columns import PlainJson, ShownText, UtcDateTime, links
from storage.tables.base import Row, table_of


class SavedViewRow(Row, table=True):
    """``query`` holds the codes of filters, and never what was searched for. ``position``: the lowest of somebody's own is
    what their inbox opens with.
    """

    __tablename__ = "saved_view"

    id: UUID = Field(primary_key=True)
    name: str = Field(sa_type=ShownText)
    owner_id: UUID = Field(sa_column_args=links("staff.id"), index=True)
    shared: bool = False
    query: dict[str, list[str]] = Field(sa_type=PlainJson)
    position: int = 0
    made_at: datetime = Field(sa_type=UtcDateTime)


saved_view = table_of(SavedViewRow)
