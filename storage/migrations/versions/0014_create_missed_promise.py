"""Promised days that passed unkept, and the days staff give: when something was talked about, when an answer is due."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT, WIDE

revision = "0014"
down_revision = "0013"

NEVER_READ = sa.text("read_at IS NULL AND NOT withdrawn")


def upgrade() -> None:
    op.create_table(
        "missed_promise",
        sa.Column("id", WIDE, nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("missed_on", sa.Date(), nullable=False),
        sa.Column("new_day", sa.Date(), nullable=True),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("outbound_id", sa.Uuid(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("about IN ('experience', 'task')", name=op.f("ck_missed_promise_about_known")),
        sa.CheckConstraint(
            "told IN ('told', 'asked', 'never_said', 'stopped', 'death', 'danger', 'held', 'nowhere', 'enough', 'too_old')",
            name=op.f("ck_missed_promise_told_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_missed_promise")),
        sa.UniqueConstraint("subject", "missed_on", name=op.f("uq_missed_promise_subject_missed_on")),
    )
    op.create_table(
        "milestone",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("experience_id", sa.Uuid(), nullable=True),
        sa.Column("theme", sa.Text(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("taken_back_at", MOMENT, nullable=True),
        sa.Column("taken_back_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind IN ('talked_about', 'answer_due')", name=op.f("ck_milestone_kind_known")),
        sa.CheckConstraint("(experience_id IS NULL) <> (theme IS NULL)", name=op.f("ck_milestone_for_one_or_many")),
        sa.CheckConstraint("(theme IS NULL) = (since IS NULL)", name=op.f("ck_milestone_theme_since")),
        sa.CheckConstraint("(taken_back_at IS NULL) = (taken_back_by IS NULL)", name=op.f("ck_milestone_taken_back_by_somebody")),
        sa.ForeignKeyConstraint(
            ["experience_id"], ["experience.id"], name=op.f("fk_milestone_experience_id"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["staff.id"], name=op.f("fk_milestone_made_by"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["taken_back_by"], ["staff.id"], name=op.f("fk_milestone_taken_back_by"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
    )
    op.create_index(op.f("ix_milestone_experience_id"), "milestone", ["experience_id"])
    op.create_index(op.f("ix_milestone_theme"), "milestone", ["theme"])
    op.create_index("ix_experience_unread", "experience", ["promised_on"], sqlite_where=NEVER_READ, postgresql_where=NEVER_READ)


def downgrade() -> None:
    op.drop_index("ix_experience_unread", table_name="experience")
    op.drop_table("milestone")
    op.drop_table("missed_promise")
