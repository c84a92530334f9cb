"""What can be undone is more than what is done with an experience: a task or an alert may stand in none."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    with op.batch_alter_table("deed") as batch:
        batch.alter_column("experience_id", existing_type=sa.Uuid(), nullable=True)
        batch.add_column(sa.Column("record", sa.Text(), nullable=True))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM deed WHERE experience_id IS NULL"))
    with op.batch_alter_table("deed") as batch:
        batch.drop_column("record")
        batch.alter_column("experience_id", existing_type=sa.Uuid(), nullable=False)
