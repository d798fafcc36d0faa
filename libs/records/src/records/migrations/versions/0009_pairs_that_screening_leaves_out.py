"""Pairs that screening leaves out."""

import sqlalchemy as sa
from alembic import op

from servicekit.store import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "known_pairs",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("norad_cat_id_low", sa.Integer(), nullable=False),
        sa.Column("norad_cat_id_high", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("added_by", sa.String(length=80), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("removed_by", sa.String(length=80), nullable=True),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_pairs")),
    )
    with op.batch_alter_table("known_pairs", schema=None) as batch_op:
        batch_op.create_index("ix_known_pairs_numbers", ["norad_cat_id_low", "norad_cat_id_high"], unique=False)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("known_pairs", schema=None) as batch_op:
        batch_op.drop_index("ix_known_pairs_numbers")

    op.drop_table("known_pairs")
