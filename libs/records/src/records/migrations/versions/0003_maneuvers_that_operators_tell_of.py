"""Maneuvers that operators tell of."""

import sqlalchemy as sa
from alembic import op

from servicekit.store import Json, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "maneuvers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organization_id", sa.String(length=36), nullable=False),
        sa.Column("norad_cat_id", sa.Integer(), nullable=False),
        sa.Column("man_id", sa.String(length=30), nullable=True),
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("notified_at", UtcDateTime(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("epoch_ignition", UtcDateTime(), nullable=False),
        sa.Column("duration_s", sa.Double(), nullable=False),
        sa.Column("delta_mass_kg", sa.Double(), nullable=True),
        sa.Column("ref_frame", sa.String(length=40), nullable=False),
        sa.Column("delta_v_km_s", Json, nullable=False),
        sa.Column("dv_overall_km_s", sa.Double(), nullable=False),
        sa.Column("tca", UtcDateTime(), nullable=True),
        sa.Column("ephemeris_name", sa.String(length=255), nullable=True),
        sa.Column("accepted_at", UtcDateTime(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_maneuvers_document_id_documents")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_maneuvers_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maneuvers")),
    )
    with op.batch_alter_table("maneuvers", schema=None) as batch_op:
        batch_op.create_index("ix_maneuvers_epoch_ignition", ["epoch_ignition", "id"], unique=False)
        batch_op.create_index(
            "ix_maneuvers_norad_cat_id_epoch_ignition", ["norad_cat_id", "epoch_ignition"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_maneuvers_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "maneuver_notices",
        sa.Column("maneuver_id", sa.String(length=36), nullable=False),
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("notified_at", UtcDateTime(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("said", Json, nullable=False),
        sa.Column("accepted_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_maneuver_notices_document_id_documents")
        ),
        sa.ForeignKeyConstraint(
            ["maneuver_id"], ["maneuvers.id"], name=op.f("fk_maneuver_notices_maneuver_id_maneuvers")
        ),
        sa.PrimaryKeyConstraint("maneuver_id", "document_id", name=op.f("pk_maneuver_notices")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("maneuver_notices")
    with op.batch_alter_table("maneuvers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_maneuvers_organization_id"))
        batch_op.drop_index("ix_maneuvers_norad_cat_id_epoch_ignition")
        batch_op.drop_index("ix_maneuvers_epoch_ignition")

    op.drop_table("maneuvers")
