"""Workers of screening are seen."""

import sqlalchemy as sa
from alembic import op

from servicekit.store import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "screening_workers",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("run_id", sa.String(length=36), nullable=True),
        sa.Column("task_id", sa.String(length=36), nullable=True),
        sa.Column("progress", sa.Double(), nullable=True),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("threads", sa.Integer(), nullable=False),
        sa.Column("memory_bytes", sa.BigInteger(), nullable=True),
        sa.Column("memory_limit_bytes", sa.BigInteger(), nullable=True),
        sa.Column("kernels_ready_s", sa.Double(), nullable=True),
        sa.Column("tasks_done", sa.Integer(), nullable=False),
        sa.Column("cpu_s", sa.Double(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("alive_until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_screening_workers")),
    )
    with op.batch_alter_table("screening_workers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_screening_workers_alive_until"), ["alive_until"], unique=False)

    with op.batch_alter_table("screening_runs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("finalise_emitted_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("finalise_emissions", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("screening_tasks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("emissions", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("worker", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("taken_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("peak_memory_bytes", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("screening_tasks", schema=None) as batch_op:
        batch_op.drop_column("peak_memory_bytes")
        batch_op.drop_column("taken_at")
        batch_op.drop_column("worker")
        batch_op.drop_column("emissions")

    with op.batch_alter_table("screening_runs", schema=None) as batch_op:
        batch_op.drop_column("finalise_emissions")
        batch_op.drop_column("finalise_emitted_at")

    with op.batch_alter_table("screening_workers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_screening_workers_alive_until"))

    op.drop_table("screening_workers")
