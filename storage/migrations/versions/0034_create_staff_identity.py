"""Which account of the council is whose here."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    op.create_table(
        "staff_identity",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_identity_staff_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_staff_identity")),
    )
    op.create_index("ix_staff_identity_staff_id", "staff_identity", ["staff_id"])


def downgrade() -> None:
    op.drop_table("staff_identity")
