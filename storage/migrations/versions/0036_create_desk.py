"""What the team does with an experience beside reading it: notes, who has it open, what can be undone."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT

revision = "0036"
down_revision = "0035"


def _links(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"), initially="DEFERRED", deferrable=True)


def upgrade() -> None:
    op.create_table(
        "staff_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("experience_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        _links("staff_note", "experience_id", "experience.id"),
        _links("staff_note", "staff_id", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_note")),
    )
    op.create_index("ix_staff_note_experience_id", "staff_note", ["experience_id"])
    op.create_table(
        "looking",
        sa.Column("experience_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("experience_id", "staff_id", name=op.f("pk_looking")),
    )
    op.create_table(
        "deed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("experience_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        _links("deed", "staff_id", "staff.id"),
        _links("deed", "experience_id", "experience.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deed")),
    )
    op.create_index("ix_deed_last", "deed", ["staff_id", "at"])


def downgrade() -> None:
    for name in ("deed", "looking", "staff_note"):
        op.drop_table(name)
