"""Passages that were removed by themselves, and the rest of what was told is kept."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT, WIDE

revision = "0050"
down_revision = "0049"

PUT_ASIDE = sa.text("sealed IS NOT NULL AND gone_at IS NULL")


def _links(column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_removed_passage_{column}")
    return sa.ForeignKeyConstraint([column], [target], name=name, initially="DEFERRED", deferrable=True)


def upgrade() -> None:
    op.create_table(
        "removed_passage",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("experience_id", sa.Uuid(), nullable=False),
        sa.Column("inbound_seq", WIDE, nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("digests", sa.Text(), nullable=True),
        sa.Column("whole", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("kept", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("told", sa.Uuid(), nullable=True),
        sa.Column("gone_at", MOMENT, nullable=True),
        sa.Column("put_back_at", MOMENT, nullable=True),
        sa.Column("put_back_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "why IN ('asked', 'somebody_else', 'mistake', 'names', 'other')", name=op.f("ck_removed_passage_why_known")
        ),
        _links("experience_id", "experience.id"),
        _links("inbound_seq", "inbound_message.seq"),
        _links("staff_id", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removed_passage")),
    )
    op.create_index("ix_removed_passage_experience_id", "removed_passage", ["experience_id"])
    op.create_index("ix_removed_passage_inbound_seq", "removed_passage", ["inbound_seq"])
    op.create_index("ix_removed_passage_put_aside", "removed_passage", ["at"], sqlite_where=PUT_ASIDE, postgresql_where=PUT_ASIDE)


def downgrade() -> None:
    op.drop_table("removed_passage")
