"""Words that staff change: drafts, and versions that were published. Nothing published is ever changed or deleted."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "word_draft",
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("english", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("locale", "key", "channel", name=op.f("pk_word_draft")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_word_draft_by_id"), initially="DEFERRED", deferrable=True),
    )
    op.create_table(
        "word_version",
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("back_to", sa.Integer(), nullable=True),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("signatures", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_word_version")),
        sa.ForeignKeyConstraint(
            ["by_id"], ["staff.id"], name=op.f("fk_word_version_by_id"), initially="DEFERRED", deferrable=True
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_word_version_number_counted")),
    )


def downgrade() -> None:
    op.drop_table("word_version")
    op.drop_table("word_draft")
