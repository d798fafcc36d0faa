"""Ephemerides say their regime."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it so."""
    with op.batch_alter_table("ephemerides", schema=None) as batch_op:
        batch_op.add_column(sa.Column("regime", sa.String(length=20), nullable=True))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("ephemerides", schema=None) as batch_op:
        batch_op.drop_column("regime")
