"""The channel log: each call in and out, for fourteen days."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT, WIDE

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "channel_log",
        sa.Column("id", WIDE, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("ends", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_log")),
    )
    op.create_index(op.f("ix_channel_log_at"), "channel_log", ["at"])


def downgrade() -> None:
    op.drop_table("channel_log")
