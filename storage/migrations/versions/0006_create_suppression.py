"""What stays of a person who said STOP and was erased: not whose address it was, only that it is not written to."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "suppression",
        sa.Column("blind_index", sa.LargeBinary(), nullable=False),
        sa.Column("opted_out_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("blind_index", name=op.f("pk_suppression")),
    )


def downgrade() -> None:
    op.drop_table("suppression")
