"""The inbox in its order at any size, what is done with an experience beside reading it, and views that staff save."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT

revision = "0029"
down_revision = "0028"

WAITING = sa.text("unread AND NOT withdrawn")
ASLEEP = sa.text("asleep_until IS NOT NULL")
OWNED = sa.text("owner_id IS NOT NULL")
LINE = ["risk", "promised_on", "least_sure", "opened_at", "id"]


def upgrade() -> None:
    op.add_column("experience", sa.Column("owner_id", sa.Uuid(), nullable=True))
    op.add_column("experience", sa.Column("asleep_until", sa.Date(), nullable=True))
    op.add_column("experience", sa.Column("due_on", sa.Date(), nullable=True))
    op.drop_index("ix_experience_order", table_name="experience")
    op.create_index("ix_experience_line", "experience", LINE)
    op.create_index("ix_experience_waiting", "experience", LINE, sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_index("ix_experience_asleep", "experience", ["asleep_until"], sqlite_where=ASLEEP, postgresql_where=ASLEEP)
    op.create_index("ix_experience_owner", "experience", ["owner_id"], sqlite_where=OWNED, postgresql_where=OWNED)
    for column in ("channel", "district", "age_band", "locale"):
        op.create_index(f"ix_experience_{column}", "experience", [column])
    op.create_index("ix_experience_opened", "experience", ["opened_at"])
    op.create_index("ix_suggestion_theme", "suggestion", ["theme", "passage_id"])
    op.create_index("ix_decision_theme", "decision", ["theme", "passage_id"])
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["staff.id"], name=op.f("fk_saved_view_owner_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    op.create_index("ix_saved_view_owner_id", "saved_view", ["owner_id"])


def downgrade() -> None:
    op.drop_table("saved_view")
    op.drop_index("ix_decision_theme", table_name="decision")
    op.drop_index("ix_suggestion_theme", table_name="suggestion")
    for name in ("opened", "locale", "age_band", "district", "channel", "owner", "asleep", "waiting", "line"):
        op.drop_index(f"ix_experience_{name}", table_name="experience")
    op.create_index("ix_experience_order", "experience", ["risk", "promised_on", "least_sure"])
    for column in ("due_on", "asleep_until", "owner_id"):
        op.drop_column("experience", column)
