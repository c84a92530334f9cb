"""Codes that carry a talk to another phone, and the tries at them."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT, WIDE

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "resume_code",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address_index", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_resume_code")),
    )
    op.create_index(op.f("ix_resume_code_address_index"), "resume_code", ["address_index"])
    op.create_table(
        "resume_try",
        sa.Column("id", WIDE, nullable=False),
        sa.Column("who", sa.LargeBinary(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resume_try")),
    )
    op.create_index(op.f("ix_resume_try_who"), "resume_try", ["who"])


def downgrade() -> None:
    op.drop_table("resume_try")
    op.drop_table("resume_code")
