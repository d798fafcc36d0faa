"""Large tables are read through indexes; documents without a verdict stand apart."""

import sqlalchemy as sa
from alembic import op

from servicekit.store import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "undecided_documents",
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_undecided_documents_document_id_documents")
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_undecided_documents")),
    )
    with op.batch_alter_table("undecided_documents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_undecided_documents_received_at"), ["received_at"], unique=False)

    with op.batch_alter_table("cdms", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cdms_organization_id_1"))
        batch_op.drop_index(batch_op.f("ix_cdms_organization_id_2"))
        batch_op.create_index("ix_cdms_high", ["norad_cat_id_high", "creation_date", "id"], unique=False)
        batch_op.create_index("ix_cdms_low", ["norad_cat_id_low", "creation_date", "id"], unique=False)
        batch_op.create_index("ix_cdms_owner_1", ["organization_id_1", "creation_date", "id"], unique=False)
        batch_op.create_index("ix_cdms_owner_2", ["organization_id_2", "creation_date", "id"], unique=False)
        batch_op.create_index("ix_cdms_recipient_id", ["recipient_id", "creation_date", "id"], unique=False)
        batch_op.create_index("ix_cdms_tca", ["tca"], unique=False)

    op.execute(
        "INSERT INTO undecided_documents (document_id, received_at) SELECT id, received_at FROM documents "
        "WHERE NOT EXISTS (SELECT 1 FROM verdicts WHERE verdicts.document_id = documents.id)"
    )
    for side in ("1", "2"):
        op.execute(
            f"UPDATE cdms SET organization_id_{side} = ("  # noqa: S608 - our own names
            f"SELECT CASE WHEN cdms.norad_cat_id_{side} = events.norad_cat_id_low "
            "THEN events.organization_id_low ELSE events.organization_id_high END "
            "FROM conjunction_events AS events WHERE events.id = cdms.event_id) WHERE event_id IS NOT NULL"
        )


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("cdms", schema=None) as batch_op:
        batch_op.drop_index("ix_cdms_tca")
        batch_op.drop_index("ix_cdms_recipient_id")
        batch_op.drop_index("ix_cdms_owner_2")
        batch_op.drop_index("ix_cdms_owner_1")
        batch_op.drop_index("ix_cdms_low")
        batch_op.drop_index("ix_cdms_high")
        batch_op.create_index(batch_op.f("ix_cdms_organization_id_2"), ["organization_id_2"], unique=False)
        batch_op.create_index(batch_op.f("ix_cdms_organization_id_1"), ["organization_id_1"], unique=False)

    with op.batch_alter_table("undecided_documents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_undecided_documents_received_at"))

    op.drop_table("undecided_documents")
