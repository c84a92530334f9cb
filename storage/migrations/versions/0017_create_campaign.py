"""Campaigns: who was asked, what they answered, who is to be invited."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT, WIDE

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    create_response()
    create_answer()
    create_round()
    create_invitation()


def downgrade() -> None:
    op.drop_table("campaign_invitation")
    op.drop_table("campaign_round")
    op.drop_table("campaign_answer")
    op.drop_table("campaign_response")


def create_response() -> None:
    op.create_table(
        "campaign_response",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("invited", sa.Boolean(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "ended IN ('finished', 'left', 'stopped', 'danger', 'over')", name=op.f("ck_campaign_response_ended_known")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_campaign_response_contact_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_response")),
    )
    op.create_index(op.f("ix_campaign_response_contact_id"), "campaign_response", ["contact_id"])
    op.create_index("ix_campaign_response_campaign", "campaign_response", ["campaign", "began_at"])


def create_answer() -> None:
    op.create_table(
        "campaign_answer",
        sa.Column("id", WIDE, nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("inbound_seq", WIDE, nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["campaign_response.id"],
            name=op.f("fk_campaign_answer_response_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["inbound_seq"],
            ["inbound_message.seq"],
            name=op.f("fk_campaign_answer_inbound_seq"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_answer")),
    )
    op.create_index(op.f("ix_campaign_answer_response_id"), "campaign_answer", ["response_id"])
    op.create_index(op.f("ix_campaign_answer_inbound_seq"), "campaign_answer", ["inbound_seq"])


def create_round() -> None:
    op.create_table(
        "campaign_round",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=False),
        sa.Column("stopped_at", MOMENT, nullable=True),
        sa.Column("stopped_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["started_by"], ["staff.id"], name=op.f("fk_campaign_round_started_by"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["stopped_by"], ["staff.id"], name=op.f("fk_campaign_round_stopped_by"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_round")),
    )
    op.create_index(op.f("ix_campaign_round_campaign"), "campaign_round", ["campaign"])


def create_invitation() -> None:
    op.create_table(
        "campaign_invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('planned', 'sent', 'held_back', 'stopped')", name=op.f("ck_campaign_invitation_state_known")
        ),
        sa.CheckConstraint("answer IN ('go', 'later', 'never')", name=op.f("ck_campaign_invitation_answer_known")),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["campaign_round.id"],
            name=op.f("fk_campaign_invitation_round_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_campaign_invitation_contact_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_invitation")),
    )
    op.create_index(op.f("ix_campaign_invitation_round_id"), "campaign_invitation", ["round_id"])
    op.create_index(op.f("ix_campaign_invitation_contact_id"), "campaign_invitation", ["contact_id"])
    op.create_index("ix_campaign_invitation_state", "campaign_invitation", ["state", "id"])
    op.create_index("ix_campaign_invitation_campaign", "campaign_invitation", ["campaign"])
