"""What waits for a second reader is found without reading all that was ever read."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"

SAMPLED = sa.text("sampled AND undone_at IS NULL")


def upgrade() -> None:
    op.create_index("ix_reading_sampled", "reading", ["passage_id"], sqlite_where=SAMPLED, postgresql_where=SAMPLED)


def downgrade() -> None:
    op.drop_index("ix_reading_sampled", table_name="reading")
