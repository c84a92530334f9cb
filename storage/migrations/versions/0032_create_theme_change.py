"""The team's changes of the themes, runs that tag the past anew, and what was suggested before."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT, WIDE

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.create_table(
        "theme_change",
        sa.Column("number", WIDE, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('add', 'rename', 'merge', 'retire')", name=op.f("ck_theme_change_kind_known")),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_theme_change_staff_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_theme_change")),
    )
    op.create_table(
        "retag",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("after", sa.Uuid(), nullable=True),
        sa.Column("holder", sa.Uuid(), nullable=True),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["staff.id"], name=op.f("fk_retag_asked_by"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retag")),
    )
    op.create_table(
        "past_suggestion",
        sa.Column("id", WIDE, nullable=False),
        sa.Column("passage_id", sa.Uuid(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("tagger", sa.Text(), nullable=False),
        sa.Column("taxonomy", sa.Text(), nullable=False),
        sa.Column("replaced_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_suggestion")),
    )
    op.create_index("ix_past_suggestion_passage_id", "past_suggestion", ["passage_id"])


def downgrade() -> None:
    for table in ("past_suggestion", "retag", "theme_change"):
        op.drop_table(table)
