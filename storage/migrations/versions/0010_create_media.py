"""Files that come with messages: where each stands and what is next to be done for it."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT, WIDE

revision = "0010"
down_revision = "0009"

DUE = sa.text("step IS NOT NULL")
IN_A_BLOB = sa.text("blob IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "media",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("inbound_seq", WIDE, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("size", WIDE, nullable=True),
        sa.Column("traces", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("blob", sa.Uuid(), nullable=True),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", MOMENT, nullable=True),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("transcript", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'kept', 'lost', 'refused', 'erased')", name=op.f("ck_media_state_known")),
        sa.CheckConstraint("step IN ('fetch', 'forget', 'transcribe', 'tell', 'clear')", name=op.f("ck_media_step_known")),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_media_attempts_counted")),
        sa.CheckConstraint("(step IS NULL) = (not_before IS NULL)", name=op.f("ck_media_step_whole")),
        sa.CheckConstraint("(lease_owner IS NULL) = (lease_until IS NULL)", name=op.f("ck_media_lease_whole")),
        sa.CheckConstraint("state <> 'kept' OR blob IS NOT NULL", name=op.f("ck_media_kept_somewhere")),
        sa.ForeignKeyConstraint(
            ["inbound_seq"],
            ["inbound_message.seq"],
            name=op.f("fk_media_inbound_seq"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
        sa.UniqueConstraint("inbound_seq", "position", name=op.f("uq_media_inbound_seq_position")),
    )
    op.create_index("ix_media_due", "media", ["not_before"], sqlite_where=DUE, postgresql_where=DUE)
    op.create_index("ix_media_blob", "media", ["blob"], sqlite_where=IN_A_BLOB, postgresql_where=IN_A_BLOB)


def downgrade() -> None:
    op.drop_table("media")
