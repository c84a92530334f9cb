"""Alerts that somebody handed on, and since when whoever has one has had it."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT

revision = "0049"
down_revision = "0048"

OPEN = sa.text("ended_at IS NULL")


def _link(column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_alert_handing_{column}")
    return sa.ForeignKeyConstraint([column], [target], name=name, initially="DEFERRED", deferrable=True)


def upgrade() -> None:
    op.add_column("alert", sa.Column("taken_over_at", MOMENT, nullable=True))
    op.create_table(
        "alert_handing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("rung_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("handed_by", sa.Uuid(), nullable=False),
        sa.Column("handed_at", MOMENT, nullable=False),
        sa.Column("chases", sa.Integer(), nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("ending", sa.Text(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("chases >= 0", name=op.f("ck_alert_handing_chases_counted")),
        sa.CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name=op.f("ck_alert_handing_ended_somehow")),
        sa.CheckConstraint(
            "ending IN ('taken', 'unanswered', 'called_off', 'closed')", name=op.f("ck_alert_handing_ending_known")
        ),
        _link("alert_id", "alert.id"),
        _link("handed_by", "staff.id"),
        _link("taken_by", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_handing")),
    )
    op.create_index("ix_alert_handing_alert_id", "alert_handing", ["alert_id"])
    op.create_index("uq_alert_handing_open", "alert_handing", ["alert_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    op.drop_table("alert_handing")
    op.drop_column("alert", "taken_over_at")
