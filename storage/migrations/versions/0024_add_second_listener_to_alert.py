"""Whether only the second listener heard an alert, and which words of a message weighed most with it."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.add_column("alert", sa.Column("by_scorer", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("inbound_message", sa.Column("weighed", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("inbound_message", "weighed")
    op.drop_column("alert", "by_scorer")
