"""The channel log: a row for each call in or out, for fourteen days. No words, and the end of an address at most."""

from datetime import datetime

from sqlmodel import Field

from storage.columns import ShownText, UtcDateTime, WideInteger
from storage.tables.base import Row, table_of


class ChannelLogRow(Row, table=True):
    __tablename__ = "channel_log"

    id: int | None = Field(default=None, primary_key=True, sa_type=WideInteger)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    channel: str = Field(sa_type=ShownText)
    way: str = Field(sa_type=ShownText)
    what: str = Field(sa_type=ShownText)
    outcome: str = Field(sa_type=ShownText)
    detail: str = Field(sa_type=ShownText)
    ends: str = Field(sa_type=ShownText)


channel_log = table_of(ChannelLogRow)
