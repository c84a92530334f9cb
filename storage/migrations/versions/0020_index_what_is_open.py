"""What the worker looks for every few seconds is found without reading all there is: talks that are held, tasks not done."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

HELD = sa.text("held_at IS NOT NULL")
NOT_DONE = sa.text("done_at IS NULL")


def upgrade() -> None:
    op.create_index("ix_conversation_held", "conversation", ["held_at"], sqlite_where=HELD, postgresql_where=HELD)
    op.create_index("ix_task_not_done", "task", ["due_on"], sqlite_where=NOT_DONE, postgresql_where=NOT_DONE)


def downgrade() -> None:
    op.drop_index("ix_task_not_done", table_name="task")
    op.drop_index("ix_conversation_held", table_name="conversation")
