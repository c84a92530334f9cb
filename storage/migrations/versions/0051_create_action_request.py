"""What publishers are asked for, and what they answered."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT

revision = "0051"
down_revision = "0050"

OPEN = sa.text("answered_at IS NULL")


def _link(column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_action_request_{column}")
    return sa.ForeignKeyConstraint([column], [target], name=name, initially="DEFERRED", deferrable=True)


def upgrade() -> None:
    op.create_table(
        "action_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("yes", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint("wish IN ('publish', 'tell')", name=op.f("ck_action_request_wish_known")),
        sa.CheckConstraint("(answered_at IS NULL) = (yes IS NULL)", name=op.f("ck_action_request_answered_yes_or_no")),
        _link("action_id", "action.id"),
        _link("asked_by", "staff.id"),
        _link("answered_by", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_request")),
    )
    op.create_index("ix_action_request_action_id", "action_request", ["action_id"])
    op.create_index("ix_action_request_asked_by", "action_request", ["asked_by"])
    op.create_index(
        "uq_action_request_open", "action_request", ["action_id", "wish"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )


def downgrade() -> None:
    op.drop_table("action_request")
