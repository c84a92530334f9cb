"""Passkeys and security keys of the team."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT, WIDE

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    op.create_table(
        "staff_passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("credential", sa.LargeBinary(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("signs", WIDE, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_passkey_staff_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_passkey")),
        sa.UniqueConstraint("credential", name=op.f("uq_staff_passkey_credential")),
    )
    op.create_index("ix_staff_passkey_staff_id", "staff_passkey", ["staff_id"])


def downgrade() -> None:
    op.drop_table("staff_passkey")
