"""Passages, what the tagger suggested, what people decided."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT, WIDE

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    create_passage()
    create_suggestion()
    create_decision()


def downgrade() -> None:
    op.drop_table("decision")
    op.drop_table("suggestion")
    op.drop_table("passage")


def create_passage() -> None:
    op.create_table(
        "passage",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("experience_id", sa.Uuid(), nullable=False),
        sa.Column("inbound_seq", WIDE, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("polarity", sa.Text(), nullable=False),
        sa.CheckConstraint("polarity IN ('good', 'bad', 'mixed', 'suggestion', 'none')", name=op.f("ck_passage_polarity_known")),
        sa.CheckConstraint("starts >= 0 AND ends >= starts", name=op.f("ck_passage_span_ordered")),
        sa.ForeignKeyConstraint(
            ["experience_id"], ["experience.id"], name=op.f("fk_passage_experience_id"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["inbound_seq"], ["inbound_message.seq"], name=op.f("fk_passage_inbound_seq"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passage")),
    )
    op.create_index("ix_passage_experience", "passage", ["experience_id", "inbound_seq", "position"], unique=False)
    op.create_index(op.f("ix_passage_inbound_seq"), "passage", ["inbound_seq"], unique=False)


def create_suggestion() -> None:
    op.create_table(
        "suggestion",
        sa.Column("id", WIDE, nullable=False),
        sa.Column("passage_id", sa.Uuid(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("tagger", sa.Text(), nullable=False),
        sa.Column("taxonomy", sa.Text(), nullable=False),
        sa.CheckConstraint("score >= 0 AND score <= 1", name=op.f("ck_suggestion_score_in_range")),
        sa.ForeignKeyConstraint(
            ["passage_id"], ["passage.id"], name=op.f("fk_suggestion_passage_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
    )
    op.create_index(op.f("ix_suggestion_passage_id"), "suggestion", ["passage_id"], unique=False)


def create_decision() -> None:
    op.create_table(
        "decision",
        sa.Column("id", WIDE, nullable=False),
        sa.Column("passage_id", sa.Uuid(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Boolean(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("taxonomy", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["passage_id"], ["passage.id"], name=op.f("fk_decision_passage_id"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_decision_staff_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_passage_id"), "decision", ["passage_id"], unique=False)
