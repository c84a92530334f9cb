"""Two contacts that staff found to be one person, and how to part them again; turns that give way to living talks."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT

revision = "0011"
down_revision = "0010"

DUE = sa.text("turn_due_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("contact", sa.Column("gives_way", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.drop_index("ix_contact_turn_due_at", table_name="contact")
    op.create_index("ix_contact_turn_due", "contact", ["gives_way", "turn_due_at"], sqlite_where=DUE, postgresql_where=DUE)
    op.create_table(
        "contact_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("moved", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("linked_at", MOMENT, nullable=False),
        sa.Column("linked_by", sa.Text(), nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [column], ["contact.id"], name=op.f(f"fk_contact_link_{column}"), initially="DEFERRED", deferrable=True
            )
            for column in ("contact_id", "other_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_link")),
    )
    for column in ("contact_id", "other_id"):
        op.create_index(op.f(f"ix_contact_link_{column}"), "contact_link", [column])


def downgrade() -> None:
    op.drop_table("contact_link")
    op.drop_index("ix_contact_turn_due", table_name="contact")
    op.create_index("ix_contact_turn_due_at", "contact", ["turn_due_at"], sqlite_where=DUE, postgresql_where=DUE)
    op.drop_column("contact", "gives_way")
