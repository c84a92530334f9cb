"""The audit trail is found by record, and a page that is open remembers in which sitting its reading was noted."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    op.create_index("ix_audit_record", "audit", ["record", "number"])
    op.add_column("looking", sa.Column("sitting", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("looking", "sitting")
    op.drop_index("ix_audit_record", table_name="audit")
