"""What every table shares: one metadata with names for its constraints, so that migrations can speak of them."""

from sqlalchemy import MetaData, Table
from sqlmodel import SQLModel

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)


class Row(SQLModel):
    metadata = METADATA


def table_of(model: type[Row]) -> Table:
    """The plain table of a model, for statements written in SQLAlchemy Core."""
    return METADATA.tables[str(model.__tablename__)]
