"""Taggers that were taught from the corpus and from what staff decided, with their figures; one of them is at work."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "tagger",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("corpus_rows", sa.Integer(), nullable=False),
        sa.Column("decisions", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('champion', 'refused', 'retired')", name=op.f("ck_tagger_state_known")),
        sa.CheckConstraint("number > 0", name=op.f("ck_tagger_number_counted")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_tagger")),
        sa.UniqueConstraint("version", name=op.f("uq_tagger_version")),
    )
    at_work = sa.text("state = 'champion'")
    op.create_index("ix_tagger_champion", "tagger", ["state"], unique=True, sqlite_where=at_work, postgresql_where=at_work)


def downgrade() -> None:
    op.drop_table("tagger")
