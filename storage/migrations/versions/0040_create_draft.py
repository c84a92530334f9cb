"""What staff are writing to a family and have not sent: kept sealed, so that a page that is lost loses none."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT

revision = "0040"
down_revision = "0039"


def _links(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_draft_{column}"), initially="DEFERRED", deferrable=True)


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _links("contact_id", "contact.id"),
        _links("conversation_id", "conversation.id"),
        _links("staff_id", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("conversation_id", "staff_id", name=op.f("uq_draft_of")),
    )
    op.create_index(op.f("ix_draft_contact_id"), "draft", ["contact_id"])
    op.create_index(op.f("ix_draft_at"), "draft", ["at"])


def downgrade() -> None:
    op.drop_table("draft")
