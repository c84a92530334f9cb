"""Teams and services, and what was passed on to them."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT

revision = "0048"
down_revision = "0047"

STANDS = sa.text("called_back_at IS NULL")


def _links(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"), initially="DEFERRED", deferrable=True)


def upgrade() -> None:
    op.create_table(
        "recipient",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("casework", sa.Boolean(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
        _links("recipient", "added_by", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipient")),
    )
    op.create_table(
        "passed_on",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("experience_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("outbound_id", sa.Uuid(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("answer_to", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("telling", sa.Text(), nullable=False),
        sa.Column("called_back_at", MOMENT, nullable=True),
        sa.Column("called_back_by", sa.Uuid(), nullable=True),
        sa.Column("back_outbound_id", sa.Uuid(), nullable=True),
        sa.Column("gone", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("kind IN ('praise', 'request')", name=op.f("ck_passed_on_kind_known")),
        sa.CheckConstraint("telling IN ('no', 'wanted', 'told', 'could_not')", name=op.f("ck_passed_on_telling_known")),
        sa.CheckConstraint("tries > 0", name=op.f("ck_passed_on_tries_counted")),
        _links("passed_on", "experience_id", "experience.id"),
        _links("passed_on", "recipient_id", "recipient.id"),
        _links("passed_on", "staff_id", "staff.id"),
        _links("passed_on", "answered_by", "staff.id"),
        _links("passed_on", "called_back_by", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passed_on")),
    )
    op.create_index("ix_passed_on_experience_id", "passed_on", ["experience_id"])
    op.create_index("ix_passed_on_recipient_id", "passed_on", ["recipient_id"])
    op.create_index("ix_passed_on_at", "passed_on", ["at"])
    op.create_index(
        "uq_passed_on_stands",
        "passed_on",
        ["experience_id", "recipient_id", "kind"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )


def downgrade() -> None:
    op.drop_table("passed_on")
    op.drop_table("recipient")
