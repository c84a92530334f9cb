"""The list of erasures, by keyed digests alone; and codes that open what is held about somebody."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT, WIDE

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("number", WIDE, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_erasure")),
    )
    op.create_table(
        "erased_address",
        sa.Column("id", WIDE, nullable=False),
        sa.Column("number", WIDE, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["erasure.number"], name=op.f("fk_erased_address_number"), deferrable=True, initially="DEFERRED"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erased_address")),
    )
    op.create_index(op.f("ix_erased_address_number"), "erased_address", ["number"])
    op.create_index(op.f("ix_erased_address_digest"), "erased_address", ["digest"])
    op.add_column("resume_code", sa.Column("opens", sa.Text(), nullable=False, server_default="talk"))


def downgrade() -> None:
    op.drop_column("resume_code", "opens")
    op.drop_table("erased_address")
    op.drop_table("erasure")
