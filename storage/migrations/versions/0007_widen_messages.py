"""Words that are changed after they were heard, links people come by, windows that shut, wishes handed on by providers."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("inbound_message", sa.Column("amended_at", MOMENT, nullable=True))
    op.add_column("outbound_message", sa.Column("window_shut", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("contact", sa.Column("ref", sa.Text(), nullable=True))
    op.add_column("experience", sa.Column("ref", sa.Text(), nullable=True))
    op.create_table(
        "deletion_request",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name=op.f("fk_deletion_request_contact_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["done_by"], ["staff.id"], name=op.f("fk_deletion_request_done_by"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_deletion_request")),
    )


def downgrade() -> None:
    op.drop_table("deletion_request")
    op.drop_column("experience", "ref")
    op.drop_column("contact", "ref")
    op.drop_column("outbound_message", "window_shut")
    op.drop_column("inbound_message", "amended_at")
