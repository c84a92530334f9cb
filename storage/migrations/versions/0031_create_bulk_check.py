"""The sets of passages that somebody wants to accept at once, and the ten of each that are read first."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.create_table(
        "bulk_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("passages", sa.Text(), nullable=False),
        sa.Column("sample", sa.Text(), nullable=False),
        sa.Column("accepted_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_bulk_check_staff_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_check")),
    )


def downgrade() -> None:
    op.drop_table("bulk_check")
