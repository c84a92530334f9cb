"""Taggers that hear danger, beside those that hear themes: of each kind one is at work."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

AT_WORK = sa.text("state = 'champion'")


def upgrade() -> None:
    op.add_column("tagger", sa.Column("hears_danger", sa.Boolean(), nullable=False, server_default=sa.false()))
    _one_at_work("hears_danger")


def downgrade() -> None:
    op.execute("DELETE FROM tagger WHERE hears_danger")
    _one_at_work("state")
    op.drop_column("tagger", "hears_danger")


def _one_at_work(column: str) -> None:
    op.drop_index("ix_tagger_champion", table_name="tagger")
    op.create_index("ix_tagger_champion", "tagger", [column], unique=True, sqlite_where=AT_WORK, postgresql_where=AT_WORK)
