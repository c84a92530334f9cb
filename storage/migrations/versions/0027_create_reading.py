"""Who looked at which passage, and what can be undone of it; what one person and what the team has set."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_table(
        "reading",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("passage_id", sa.Uuid(), nullable=False),
        sa.Column("experience_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("is_second", sa.Boolean(), nullable=False),
        sa.Column("sampled", sa.Boolean(), nullable=False),
        sa.Column("themes", sa.Text(), nullable=False),
        sa.Column("decisions", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("batch", sa.Uuid(), nullable=True),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.CheckConstraint("outcome IN ('decided', 'unsure')", name=op.f("ck_reading_outcome_known")),
        sa.ForeignKeyConstraint(
            ["experience_id"], ["experience.id"], name=op.f("fk_reading_experience_id"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_reading_staff_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
    )
    op.create_index("ix_reading_passage_id", "reading", ["passage_id"])
    op.create_index("ix_reading_batch", "reading", ["batch"])
    op.create_index("ix_reading_staff", "reading", ["staff_id", "at"])
    op.create_index("ix_reading_at", "reading", ["at"])
    op.create_table(
        "preference",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_preference_staff_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("staff_id", "name", name=op.f("pk_preference")),
    )
    op.create_table(
        "team_setting",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_team_setting")),
    )
    op.add_column("decision", sa.Column("undone_at", MOMENT, nullable=True))
    op.add_column("decision", sa.Column("undone_by", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("decision", "undone_by")
    op.drop_column("decision", "undone_at")
    for table in ("team_setting", "preference", "reading"):
        op.drop_table(table)
