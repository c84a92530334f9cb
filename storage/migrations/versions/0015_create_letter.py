"""People and the bot: who holds a talk and since when, what they write, and tasks that somebody owns until an outcome."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("conversation", sa.Column("held_by", sa.Uuid(), nullable=True))
    op.add_column("conversation", sa.Column("held_word_at", MOMENT, nullable=True))
    op.add_column("conversation", sa.Column("held_swept_at", MOMENT, nullable=True))
    op.add_column("conversation", sa.Column("held_told", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("conversation", sa.Column("held_kept_on", sa.Date(), nullable=True))
    op.add_column("outbound_message", sa.Column("staff_id", sa.Uuid(), nullable=True))
    op.add_column("task", sa.Column("owner_id", sa.Uuid(), nullable=True))
    op.add_column("task", sa.Column("moved_from", sa.Date(), nullable=True))
    op.add_column("task", sa.Column("moved_why", sa.Text(), nullable=True))
    op.add_column("task", sa.Column("outcome", sa.Text(), nullable=True))
    op.create_table(
        "letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("redacted", sa.Text(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("goes_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_letter_contact_id"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_letter_conversation_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_letter_staff_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
    )
    op.create_index(op.f("ix_letter_contact_id"), "letter", ["contact_id"])
    op.create_index(op.f("ix_letter_goes_at"), "letter", ["goes_at"])


def downgrade() -> None:
    op.drop_table("letter")
    for name in ("outcome", "moved_why", "moved_from", "owner_id"):
        op.drop_column("task", name)
    op.drop_column("outbound_message", "staff_id")
    for name in ("held_kept_on", "held_told", "held_swept_at", "held_word_at", "held_by"):
        op.drop_column("conversation", name)
