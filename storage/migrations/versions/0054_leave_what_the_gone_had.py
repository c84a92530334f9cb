"""What was given to somebody who did not work with it any more by then is nobody's, where others find it.

Locking out and another role have done so since; what came before stayed with them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"


def upgrade() -> None:
    gone = "SELECT id FROM staff WHERE disabled_at IS NOT NULL OR role NOT IN ('reviewer', 'publisher', 'safeguarding')"
    for table, owed in (("experience", ""), ("task", " AND done_at IS NULL")):
        op.execute(sa.text(f"UPDATE {table} SET owner_id = NULL WHERE owner_id IN ({gone}){owed}"))  # noqa: S608 - no value of anybody's is in it


def downgrade() -> None:
    """Whose it was is not known any more."""
