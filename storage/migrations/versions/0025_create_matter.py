"""What several people told of and no theme fits, as the worker found it last; and who looks for it now."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "matter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("found_at", MOMENT, nullable=False),
        sa.Column("set_aside_at", MOMENT, nullable=True),
        sa.Column("set_aside_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(set_aside_at IS NULL) = (set_aside_by IS NULL)", name=op.f("ck_matter_set_aside_by_somebody")),
        sa.ForeignKeyConstraint(
            ["set_aside_by"], ["staff.id"], name=op.f("fk_matter_set_aside_by"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter")),
    )
    op.create_table(
        "matter_told",
        sa.Column("matter_id", sa.Uuid(), nullable=False),
        sa.Column("passage_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["matter.id"], name=op.f("fk_matter_told_matter_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("matter_id", "passage_id", name=op.f("pk_matter_told")),
    )
    op.create_table(
        "matter_round",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("holder", sa.Uuid(), nullable=True),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.CheckConstraint("(holder IS NULL) = (until IS NULL)", name=op.f("ck_matter_round_held_for_a_while")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_round")),
    )


def downgrade() -> None:
    for table in ("matter_told", "matter", "matter_round"):
        op.drop_table(table)
