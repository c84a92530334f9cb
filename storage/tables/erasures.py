"""The list of erasures: what was erased or taken back, known again by keyed digests alone. A restored store is emptied by it."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlmodel import Field

from storage.columns import UtcDateTime, WideInteger, links
from storage.tables.base import Row, table_of


class ErasureRow(Row, table=True):
    """One erasure. ``number`` stands in the receipt; ``kept``: safeguarding had to keep something."""

    __tablename__ = "erasure"

    number: int | None = Field(default=None, primary_key=True, sa_type=WideInteger)
    at: datetime = Field(sa_type=UtcDateTime)
    kept: bool


class ErasedAddressRow(Row, table=True):
    """An address that was erased with it: a digest of its blind index, by which it is known when it comes up again."""

    __tablename__ = "erased_address"

    id: int | None = Field(default=None, primary_key=True, sa_type=WideInteger)
    number: int = Field(sa_type=WideInteger, sa_column_args=links("erasure.number"), index=True)
    digest: bytes = Field(sa_type=LargeBinary, index=True)


class TakenBackRow(Row, table=True):
    """A message that was taken back by itself: a digest of its identity at the provider's, and one of that with its words."""

    __tablename__ = "taken_back"

    digest: bytes = Field(primary_key=True, sa_type=LargeBinary)


erasure = table_of(ErasureRow)
erased_address = table_of(ErasedAddressRow)
taken_back = table_of(TakenBackRow)
