"""Which worker asks a mailbox or another way in that nobody calls."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "shift",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_shift")),
    )


def downgrade() -> None:
    op.drop_table("shift")
