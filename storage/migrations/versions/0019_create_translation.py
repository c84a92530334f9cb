"""Translations that staff enter beside a family's words, version by version, and the passages made of them."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT, WIDE

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("passage", sa.Column("translation_id", sa.Uuid(), nullable=True))
    op.create_table(
        "translation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("inbound_seq", WIDE, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("redacted", sa.Text(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("heard_at", MOMENT, nullable=True),
        sa.CheckConstraint("version > 0", name=op.f("ck_translation_version_counted")),
        sa.ForeignKeyConstraint(
            ["inbound_seq"],
            ["inbound_message.seq"],
            name=op.f("fk_translation_inbound_seq"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_translation_staff_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translation")),
        sa.UniqueConstraint("inbound_seq", "version", name=op.f("uq_translation_inbound_seq_version")),
    )


def downgrade() -> None:
    op.drop_table("translation")
    op.drop_column("passage", "translation_id")
