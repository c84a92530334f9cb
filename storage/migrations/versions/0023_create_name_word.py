"""What staff say of words that may be somebody's name; which words those are, and which redactor has masked a text."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT

revision = "0023"
down_revision = "0022"

MASKED = ("inbound_message", "outbound_message", "translation")


def upgrade() -> None:
    op.create_table(
        "name_word",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("experience_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("is_name", sa.Boolean(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["experience_id"],
            ["experience.id"],
            name=op.f("fk_name_word_experience_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_name_word_staff_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_word")),
    )
    op.create_index("ix_name_word_experience_id", "name_word", ["experience_id"])
    for table in MASKED:
        op.add_column(table, sa.Column("redactor", sa.Text(), nullable=True))
    op.add_column("inbound_message", sa.Column("doubtful", sa.Text(), nullable=True))
    _index("inbound_message", "redactor IS NULL AND redacted <> ''")
    _index("outbound_message", "redactor IS NULL AND redacted <> '' AND staff_id IS NOT NULL")


def _index(table: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(f"ix_{table}_unmasked", table, ["seq"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for table in ("inbound_message", "outbound_message"):
        op.drop_index(f"ix_{table}_unmasked", table)
    op.drop_column("inbound_message", "doubtful")
    for table in MASKED:
        op.drop_column(table, "redactor")
    op.drop_table("name_word")
