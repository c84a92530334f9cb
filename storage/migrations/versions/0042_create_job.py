"""Long work that staff ask for, its files, and which experiences a file that was made holds."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.kinds import MOMENT

revision = "0042"
down_revision = "0041"

UNDER_WAY = sa.text("state IN ('looking', 'working')")


def _link(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [target], name=name, initially="DEFERRED", deferrable=True)


def upgrade() -> None:
    states = "'looking', 'asking', 'working', 'done', 'stopped', 'failed', 'spoilt'"
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=True),
        sa.Column("step_at", MOMENT, nullable=True),
        sa.Column("holder", sa.Uuid(), nullable=True),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("files_until", MOMENT, nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('import', 'export')", name=op.f("ck_job_kind_known")),
        sa.CheckConstraint(f"state IN ({states})", name=op.f("ck_job_state_known")),
        _link("job", "asked_by", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index("ix_job_asked_by", "job", ["asked_by"])
    op.create_index("ix_job_digest", "job", ["digest"])
    op.create_index("ix_job_under_way", "job", ["asked_at"], sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY)
    op.create_table(
        "job_piece",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("blob", sa.Uuid(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.CheckConstraint("part IN ('upload', 'rows', 'wrong', 'file')", name=op.f("ck_job_piece_part_known")),
        _link("job_piece", "job_id", "job.id"),
        sa.PrimaryKeyConstraint("job_id", "part", "number", name=op.f("pk_job_piece")),
    )
    op.create_index("ix_job_piece_blob", "job_piece", ["blob"])
    op.create_table(
        "exported",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("experience_id", sa.Uuid(), nullable=False),
        _link("exported", "job_id", "job.id"),
        _link("exported", "experience_id", "experience.id"),
        sa.PrimaryKeyConstraint("job_id", "experience_id", name=op.f("pk_exported")),
    )
    op.create_index("ix_exported_experience_id", "exported", ["experience_id"])


def downgrade() -> None:
    for table in ("exported", "job_piece", "job"):
        op.drop_table(table)
