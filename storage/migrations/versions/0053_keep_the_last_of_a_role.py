"""What the council's directory gives somebody who keeps the role they have, because nobody else has it."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"


def upgrade() -> None:
    op.add_column("staff_identity", sa.Column("other_role", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("staff_identity", "other_role")
