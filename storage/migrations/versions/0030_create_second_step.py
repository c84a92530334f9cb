"""The second step at the door: what a phone and we both know, codes on paper, and whether a session came in by it."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT, WIDE

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.create_table(
        "second_step",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_pending", sa.LargeBinary(), nullable=True),
        sa.Column("since", MOMENT, nullable=True),
        sa.Column("last_step", WIDE, nullable=False),
        sa.CheckConstraint("(sealed IS NULL) = (since IS NULL)", name=op.f("ck_second_step_since_it_counts")),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_second_step_staff_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_second_step")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_recovery_code_staff_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("digest", name=op.f("uq_recovery_code_digest")),
    )
    op.create_index("ix_recovery_code_staff_id", "recovery_code", ["staff_id"])
    op.add_column("staff_session", sa.Column("stepped", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("staff_session", "stepped")
    op.drop_table("recovery_code")
    op.drop_table("second_step")
