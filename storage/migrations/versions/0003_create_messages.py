"""Messages in one numbering, and the alerts some of them raise."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT, WIDE

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE SEQUENCE message_seq AS bigint")
    create_inbound_message()
    create_alert()
    create_outbound_message()


def downgrade() -> None:
    op.drop_table("outbound_message")
    op.drop_table("alert")
    op.drop_table("inbound_message")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP SEQUENCE message_seq")


def create_inbound_message() -> None:
    op.create_table(
        "inbound_message",
        sa.Column("seq", WIDE, autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("address_index", sa.LargeBinary(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("redacted", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("command", sa.Text(), nullable=True),
        sa.Column("risk", sa.Integer(), nullable=False),
        sa.Column("risk_kinds", sa.Text(), nullable=True),
        sa.Column("risk_evidence", sa.Text(), nullable=True),
        sa.Column("media", sa.Integer(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("locale_score", sa.Float(), nullable=True),
        sa.Column("polarity", sa.Text(), nullable=True),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("is_story", sa.Boolean(), nullable=False),
        sa.Column("experience_id", sa.Uuid(), nullable=True),
        sa.Column("tagger", sa.Text(), nullable=True),
        sa.Column("taxonomy", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "command IN ('stop', 'start', 'help', 'human', 'delete', 'mydata', 'status', 'skip', "
            "'done', 'privacy', 'language', 'easy', 'private', 'share', 'takeback')",
            name=op.f("ck_inbound_message_command_known"),
        ),
        sa.CheckConstraint(
            "polarity IN ('good', 'bad', 'mixed', 'suggestion', 'none')", name=op.f("ck_inbound_message_polarity_known")
        ),
        sa.CheckConstraint("sealed IS NOT NULL OR state IN ('taken_back', 'erased')", name=op.f("ck_inbound_message_words_kept")),
        sa.CheckConstraint(
            "state IN ('waiting', 'heard', 'parked', 'taken_back', 'erased')", name=op.f("ck_inbound_message_state_known")
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_inbound_message_attempts_counted")),
        sa.CheckConstraint("locale_score >= 0 AND locale_score <= 1", name=op.f("ck_inbound_message_locale_score_in_range")),
        sa.CheckConstraint("risk >= 0 AND risk <= 3", name=op.f("ck_inbound_message_risk_in_range")),
        sa.CheckConstraint("seq > 0", name=op.f("ck_inbound_message_seq_positive")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_inbound_message_contact_id"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["experience_id"],
            ["experience.id"],
            name=op.f("fk_inbound_message_experience_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_inbound_message")),
        sa.UniqueConstraint("channel", "account", "external_id", name=op.f("uq_inbound_message_channel_account_external_id")),
    )
    op.create_index("ix_inbound_message_contact", "inbound_message", ["contact_id", "seq"], unique=False)
    op.create_index(
        "ix_inbound_message_experience",
        "inbound_message",
        ["experience_id", "seq"],
        unique=False,
        sqlite_where=sa.text("experience_id IS NOT NULL"),
        postgresql_where=sa.text("experience_id IS NOT NULL"),
    )


def create_alert() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("inbound_seq", WIDE, nullable=False),
        sa.Column("experience_id", sa.Uuid(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("chases", sa.Integer(), nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("taken_at", MOMENT, nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint("(taken_at IS NULL) = (taken_by IS NULL)", name=op.f("ck_alert_taken_by_somebody")),
        sa.CheckConstraint("chases >= 0", name=op.f("ck_alert_chases_counted")),
        sa.CheckConstraint("closed_at IS NULL OR outcome IS NOT NULL", name=op.f("ck_alert_closed_with_outcome")),
        sa.CheckConstraint("level >= 0 AND level <= 3", name=op.f("ck_alert_level_in_range")),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["staff.id"], name=op.f("fk_alert_closed_by"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_alert_contact_id"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["experience_id"], ["experience.id"], name=op.f("fk_alert_experience_id"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["inbound_seq"], ["inbound_message.seq"], name=op.f("fk_alert_inbound_seq"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["taken_by"], ["staff.id"], name=op.f("fk_alert_taken_by"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    op.create_index(op.f("ix_alert_contact_id"), "alert", ["contact_id"], unique=False)
    op.create_index(op.f("ix_alert_experience_id"), "alert", ["experience_id"], unique=False)
    op.create_index(op.f("ix_alert_inbound_seq"), "alert", ["inbound_seq"], unique=False)
    op.create_index(
        "ix_alert_next_at",
        "alert",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("taken_at IS NULL AND closed_at IS NULL"),
        postgresql_where=sa.text("taken_at IS NULL AND closed_at IS NULL"),
    )


def create_outbound_message() -> None:
    op.create_table(
        "outbound_message",
        sa.Column("seq", WIDE, autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("alert_id", sa.Uuid(), nullable=True),
        sa.Column("address_index", sa.LargeBinary(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("redacted", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", MOMENT, nullable=True),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("attempted_at", MOMENT, nullable=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("retired_ids", sa.Text(), nullable=True),
        sa.Column("receipt_retries", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'unknown', 'failed', 'cancelled', 'withheld')",
            name=op.f("ck_outbound_message_state_known"),
        ),
        sa.CheckConstraint("(lease_owner IS NULL) = (lease_until IS NULL)", name=op.f("ck_outbound_message_lease_whole")),
        sa.CheckConstraint(
            "attempts >= 0 AND asked >= 0 AND receipt_retries >= 0", name=op.f("ck_outbound_message_tries_counted")
        ),
        sa.CheckConstraint("priority IN (0, 1, 5, 9)", name=op.f("ck_outbound_message_priority_known")),
        sa.CheckConstraint("seq > 0", name=op.f("ck_outbound_message_seq_positive")),
        sa.CheckConstraint("status IN (0, 1, 2, 3, 4, 5, 6, 10, 11, 12)", name=op.f("ck_outbound_message_status_known")),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alert.id"], name=op.f("fk_outbound_message_alert_id"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_outbound_message_contact_id"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name=op.f("fk_outbound_message_conversation_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_outbound_message")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_outbound_message_dedupe_key")),
        sa.UniqueConstraint("id", name=op.f("uq_outbound_message_id")),
    )
    op.create_index("ix_outbound_message_address", "outbound_message", ["address_index", "seq"], unique=False)
    op.create_index(
        "ix_outbound_message_alert",
        "outbound_message",
        ["alert_id"],
        unique=False,
        sqlite_where=sa.text("alert_id IS NOT NULL"),
        postgresql_where=sa.text("alert_id IS NOT NULL"),
    )
    op.create_index(
        "ix_outbound_message_line",
        "outbound_message",
        ["address_index", "seq"],
        unique=False,
        sqlite_where=sa.text("state IN ('pending', 'sending', 'unknown') AND not_before IS NOT NULL"),
        postgresql_where=sa.text("state IN ('pending', 'sending', 'unknown') AND not_before IS NOT NULL"),
    )
    op.create_index(
        "ix_outbound_message_live",
        "outbound_message",
        ["priority", "seq"],
        unique=False,
        sqlite_where=sa.text("state IN ('pending', 'sending', 'unknown') AND not_before IS NOT NULL"),
        postgresql_where=sa.text("state IN ('pending', 'sending', 'unknown') AND not_before IS NOT NULL"),
    )
    op.create_index(
        "ix_outbound_message_provider",
        "outbound_message",
        ["channel", "provider_id"],
        unique=False,
        sqlite_where=sa.text("provider_id IS NOT NULL"),
        postgresql_where=sa.text("provider_id IS NOT NULL"),
    )
    op.create_index(
        "ix_outbound_message_sent",
        "outbound_message",
        ["channel", "sent_at"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NOT NULL"),
        postgresql_where=sa.text("sent_at IS NOT NULL"),
    )
