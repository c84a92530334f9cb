"""Messages that were taken back one by one are known again, by keyed digests alone, in a store that was brought back."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "taken_back",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_taken_back")),
    )


def downgrade() -> None:
    op.drop_table("taken_back")
