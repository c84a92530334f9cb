"""Who is called when an alert waits, each call, fire drills, and what of an alert is shown to reviewers."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT

revision = "0044"
down_revision = "0043"


def _link(table: str, column: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], ["staff.id"], name=name, initially="DEFERRED", deferrable=True)


def upgrade() -> None:
    op.create_table(
        "rota_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        _link("rota_version", "made_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_version")),
        sa.UniqueConstraint("number", name=op.f("uq_rota_version_number")),
    )
    op.create_table(
        "alert_drill",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("chases", sa.Integer(), nullable=False),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("taken_at", MOMENT, nullable=True),
        sa.CheckConstraint("chases >= 0", name=op.f("ck_alert_drill_chases_counted")),
        _link("alert_drill", "taken_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_drill")),
    )
    op.create_index("ix_alert_drill_started_at", "alert_drill", ["started_at"])
    op.create_table(
        "alert_call",
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("outbound", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("about IN ('alert', 'drill')", name=op.f("ck_alert_call_about_known")),
        sa.PrimaryKeyConstraint("subject", "outbound", name=op.f("pk_alert_call")),
    )
    op.create_table(
        "alert_release",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("passage_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("released_by", sa.Uuid(), nullable=False),
        sa.Column("released_at", MOMENT, nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        _link("alert_release", "released_by"),
        _link("alert_release", "ended_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_release")),
    )
    op.create_index("ix_alert_release_passage_id", "alert_release", ["passage_id"])


def downgrade() -> None:
    for name in ("alert_release", "alert_call", "alert_drill", "rota_version"):
        op.drop_table(name)
