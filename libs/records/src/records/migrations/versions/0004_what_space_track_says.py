"""What Space-Track says of organizations and satellites."""

import sqlalchemy as sa
from alembic import op

from servicekit.store import Json, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "space_track_directory",
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("gid", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("constellation", sa.String(length=255), nullable=True),
        sa.Column("contacts", Json, nullable=False),
        sa.Column("objects", Json, nullable=False),
        sa.Column("organization_id", sa.String(length=36), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("gone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["space_track_accounts.id"],
            name=op.f("fk_space_track_directory_account_id_space_track_accounts"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_space_track_directory_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("account_id", "gid", name=op.f("pk_space_track_directory")),
    )
    with op.batch_alter_table("space_track_directory", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_space_track_directory_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "metadata_differences",
        sa.Column("norad_cat_id", sa.Integer(), nullable=False),
        sa.Column("attribute", sa.String(length=40), nullable=False),
        sa.Column("organization_id", sa.String(length=36), nullable=False),
        sa.Column("operator_value", Json, nullable=False),
        sa.Column("space_track_value", Json, nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("settled_as", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["norad_cat_id"], ["satellites.norad_cat_id"], name=op.f("fk_metadata_differences_norad_cat_id_satellites")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_metadata_differences_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("norad_cat_id", "attribute", name=op.f("pk_metadata_differences")),
    )
    with op.batch_alter_table("metadata_differences", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_metadata_differences_organization_id"), ["organization_id"], unique=False)

    op.execute("DELETE FROM feeds")  # the gateway writes them anew every minute
    with op.batch_alter_table("feeds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("detail", Json, nullable=False))
        batch_op.add_column(sa.Column("state_since", UtcDateTime(), nullable=False))

    with op.batch_alter_table("space_track_accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("clock_skew_s", sa.Double(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("space_track_accounts", schema=None) as batch_op:
        batch_op.drop_column("clock_skew_s")

    with op.batch_alter_table("feeds", schema=None) as batch_op:
        batch_op.drop_column("state_since")
        batch_op.drop_column("detail")

    with op.batch_alter_table("metadata_differences", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_metadata_differences_organization_id"))

    op.drop_table("metadata_differences")
    with op.batch_alter_table("space_track_directory", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_space_track_directory_organization_id"))

    op.drop_table("space_track_directory")
