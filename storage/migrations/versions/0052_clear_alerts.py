"""What an alert was raised about stays with safeguarding after its outcome, until somebody lets the team see it.

Of those that were closed before, one that was no matter for safeguarding goes on as it was; every other closes again.
"""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT

revision = "0052"
down_revision = "0051"


def upgrade() -> None:
    op.add_column("alert", sa.Column("cleared_at", MOMENT, nullable=True))
    op.add_column("alert", sa.Column("cleared_by", sa.Uuid(), nullable=True))
    op.add_column("alert", sa.Column("cleared_why", sa.Text(), nullable=True))
    was_none = "outcome = 'not_safeguarding' OR outcome LIKE 'not_safeguarding:%'"
    op.execute(sa.text(f"UPDATE alert SET cleared_at = closed_at, cleared_by = closed_by WHERE {was_none}"))  # noqa: S608 - no value of anybody's is in it


def downgrade() -> None:
    op.drop_column("alert", "cleared_why")
    op.drop_column("alert", "cleared_by")
    op.drop_column("alert", "cleared_at")
