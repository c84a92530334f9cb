"""You said, we did: actions, what hangs on them, what families read of them, and who is told."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT

revision = "0043"
down_revision = "0042"

STATES = "state IN ('planned', 'doing', 'done', 'could_not')"
PUBLIC = sa.text("taken_back_at IS NULL")


def _links(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"), initially="DEFERRED", deferrable=True)


def _words() -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in ("title", "said", "did", "because", "locale", "state")]


def upgrade() -> None:
    op.create_table(
        "action",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_words(),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint(STATES, name=op.f("ck_action_state_known")),
        _links("action", "made_by", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
    )
    op.create_table(
        "action_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _links("action_change", "action_id", "action.id"),
        _links("action_change", "staff_id", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_change")),
    )
    op.create_index("ix_action_change_action_id", "action_change", ["action_id"])
    op.create_table(
        "action_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("experience_id", sa.Uuid(), nullable=False),
        sa.Column("linked_at", MOMENT, nullable=False),
        sa.Column("linked_by", sa.Uuid(), nullable=False),
        sa.Column("unlinked_at", MOMENT, nullable=True),
        sa.Column("quoted", sa.Uuid(), nullable=True),
        _links("action_link", "action_id", "action.id"),
        _links("action_link", "experience_id", "experience.id"),
        _links("action_link", "linked_by", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_link")),
        sa.UniqueConstraint("action_id", "experience_id", name=op.f("uq_action_link_action_id_experience_id")),
    )
    op.create_index("ix_action_link_experience_id", "action_link", ["experience_id"])
    op.create_table(
        "action_edition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        *_words(),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=False),
        sa.Column("taken_back_at", MOMENT, nullable=True),
        sa.Column("taken_back_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(STATES, name=op.f("ck_action_edition_state_known")),
        _links("action_edition", "action_id", "action.id"),
        _links("action_edition", "published_by", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_edition")),
    )
    op.create_index(
        "ix_action_edition_public", "action_edition", ["action_id"], unique=True, sqlite_where=PUBLIC, postgresql_where=PUBLIC
    )
    op.create_table(
        "action_round",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("goes_at", MOMENT, nullable=False),
        sa.Column("stopped_at", MOMENT, nullable=True),
        _links("action_round", "action_id", "action.id"),
        _links("action_round", "started_by", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_round")),
    )
    op.create_index("ix_action_round_action_id", "action_round", ["action_id"])
    op.create_table(
        "action_told",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outbound_ids", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.CheckConstraint("state IN ('planned', 'sent', 'held_back', 'stopped')", name=op.f("ck_action_told_state_known")),
        _links("action_told", "action_id", "action.id"),
        _links("action_told", "round_id", "action_round.id"),
        _links("action_told", "contact_id", "contact.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_told")),
    )
    op.create_index("ix_action_told_action_id", "action_told", ["action_id"])
    op.create_index("ix_action_told_contact_id", "action_told", ["contact_id"])
    op.create_index("ix_action_told_state", "action_told", ["state", "id"])


def downgrade() -> None:
    for name in ("action_told", "action_round", "action_edition", "action_link", "action_change", "action"):
        op.drop_table(name)
