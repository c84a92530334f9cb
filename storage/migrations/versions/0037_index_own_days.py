"""The days that the team set itself are found without reading all there is."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"

DUE = sa.text("due_on IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_experience_due", "experience", ["due_on"], sqlite_where=DUE, postgresql_where=DUE)


def downgrade() -> None:
    op.drop_index("ix_experience_due", table_name="experience")
