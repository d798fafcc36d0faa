"""CDMs are found by their document."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it so."""
    with op.batch_alter_table("cdms", schema=None) as batch_op:
        batch_op.create_index("ix_cdms_document_id", ["document_id"], unique=False)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("cdms", schema=None) as batch_op:
        batch_op.drop_index("ix_cdms_document_id")
