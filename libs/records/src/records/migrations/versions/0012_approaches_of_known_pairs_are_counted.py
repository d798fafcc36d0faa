"""Approaches of known pairs are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it so."""
    with op.batch_alter_table("screening_runs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("known_pair_approach_count", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("screening_runs", schema=None) as batch_op:
        batch_op.drop_column("known_pair_approach_count")
