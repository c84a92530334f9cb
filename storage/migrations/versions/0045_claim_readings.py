"""What lies before somebody in the review is given to nobody else for some minutes; a person can say what the feeling is."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    op.create_table(
        "review_claim",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("passage_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_review_claim_staff_id"), deferrable=True, initially="DEFERRED"
        ),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_review_claim")),
    )
    op.create_index(op.f("ix_review_claim_passage_id"), "review_claim", ["passage_id"])
    op.add_column("reading", sa.Column("feeling", sa.Text(), nullable=True))
    # as SQL: both databases add it in a moment, where a table of a million passages would be copied
    op.execute(
        "ALTER TABLE passage ADD COLUMN feeling TEXT CONSTRAINT ck_passage_feeling_known "
        "CHECK (feeling IN ('good', 'bad', 'mixed', 'suggestion', 'none'))"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE passage DROP COLUMN feeling")
    op.drop_column("reading", "feeling")
    op.drop_table("review_claim")
