"""Accounts, ledger, tasks, links, pulled CDMs and files at Space-Track."""

import sqlalchemy as sa
from alembic import op

from servicekit.store import Json, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "space_track_accounts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("base_url", sa.String(length=200), nullable=False),
        sa.Column("sealed_identity", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_password", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_cookie", sa.LargeBinary(), nullable=True),
        sa.Column("password_set_at", UtcDateTime(), nullable=False),
        sa.Column("granted_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("stopped_reason", sa.Text(), nullable=True),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", UtcDateTime(), nullable=True),
        sa.Column("retry_at", UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("last_ok_at", UtcDateTime(), nullable=True),
        sa.Column("refused_logins", sa.Integer(), nullable=False),
        sa.Column("lease_holder", sa.String(length=36), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("lease_fence", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_space_track_accounts")),
        sa.UniqueConstraint("name", name=op.f("uq_space_track_accounts_name")),
    )
    op.create_table(
        "space_track_links",
        sa.Column("organization_id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=True),
        sa.Column("push_mode", sa.String(length=10), nullable=False),
        sa.Column("push_consented_by", sa.String(length=80), nullable=True),
        sa.Column("push_consented_at", UtcDateTime(), nullable=True),
        sa.Column("reads_folder", sa.Boolean(), nullable=False),
        sa.Column("reading_consented_by", sa.String(length=80), nullable=True),
        sa.Column("reading_consented_at", UtcDateTime(), nullable=True),
        sa.Column("metadata_policy", sa.String(length=20), nullable=False),
        sa.Column("ephemeris_folder_id", sa.BigInteger(), nullable=True),
        sa.Column("maneuver_folder_id", sa.BigInteger(), nullable=True),
        sa.Column("folders_seen_at", UtcDateTime(), nullable=True),
        sa.Column("confirmed", Json, nullable=False),
        sa.Column("last_sent_at", UtcDateTime(), nullable=True),
        sa.Column("last_cdm_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["space_track_accounts.id"],
            name=op.f("fk_space_track_links_account_id_space_track_accounts"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_space_track_links_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_space_track_links")),
    )
    op.create_table(
        "space_track_requests",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.String(length=36), nullable=True),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("gateway", sa.String(length=36), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=30), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("duration_s", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["space_track_accounts.id"],
            name=op.f("fk_space_track_requests_account_id_space_track_accounts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_space_track_requests")),
    )
    with op.batch_alter_table("space_track_requests", schema=None) as batch_op:
        batch_op.create_index("ix_space_track_requests_account_id_at", ["account_id", "at"], unique=False)

    op.create_table(
        "space_track_tasks",
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("succeeded_at", UtcDateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("cursor", Json, nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["space_track_accounts.id"],
            name=op.f("fk_space_track_tasks_account_id_space_track_accounts"),
        ),
        sa.PrimaryKeyConstraint("account_id", "name", name=op.f("pk_space_track_tasks")),
    )
    op.create_table(
        "space_track_cdms",
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("cdm_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("gid", sa.String(length=40), nullable=False),
        sa.Column("row_sha256", sa.String(length=64), nullable=False),
        sa.Column("document_id", sa.String(length=36), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.String(length=36), nullable=True),
        sa.Column("routed_by", sa.String(length=20), nullable=True),
        sa.Column("submission_id", sa.String(length=36), nullable=True),
        sa.Column("flags", Json, nullable=False),
        sa.Column("pulled_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["space_track_accounts.id"],
            name=op.f("fk_space_track_cdms_account_id_space_track_accounts"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_space_track_cdms_document_id_documents")
        ),
        sa.PrimaryKeyConstraint("account_id", "cdm_id", "gid", name=op.f("pk_space_track_cdms")),
    )
    with op.batch_alter_table("space_track_cdms", schema=None) as batch_op:
        batch_op.create_index("ix_space_track_cdms_document_id", ["document_id", "ordinal"], unique=False)
        batch_op.create_index("ix_space_track_cdms_submission_id", ["submission_id"], unique=False)

    op.create_table(
        "space_track_files",
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("file_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("organization_id", sa.String(length=36), nullable=False),
        sa.Column("folder_id", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_at", UtcDateTime(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("document_id", sa.String(length=36), nullable=True),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("gone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["space_track_accounts.id"],
            name=op.f("fk_space_track_files_account_id_space_track_accounts"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_space_track_files_document_id_documents")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_space_track_files_organization_id_organizations")
        ),
        sa.PrimaryKeyConstraint("account_id", "file_id", name=op.f("pk_space_track_files")),
    )
    with op.batch_alter_table("space_track_files", schema=None) as batch_op:
        batch_op.create_index("ix_space_track_files_organization_id", ["organization_id", "file_id"], unique=False)

    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("document_id", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("designation", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("release_requested_by", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("account_id", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("folder_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("remote_name", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("content_key", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("content_sha256", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("content_size", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("remote_file_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("attempts", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("looks", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("is_acknowledged", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("due_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("sent_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("present_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("result_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("result", Json, nullable=True))
        batch_op.alter_column("ephemeris_id", existing_type=sa.VARCHAR(length=36), nullable=True)

    # What stands was held: it is an ephemeris, and nothing of it has left.
    op.execute(
        "UPDATE submissions SET kind = 'ephemeris', attempts = 0, looks = 0, is_acknowledged = false, result = '{}',"
        " document_id = (SELECT e.document_id FROM ephemerides e WHERE e.id = submissions.ephemeris_id),"
        " designation = (SELECT e.designation FROM ephemerides e WHERE e.id = submissions.ephemeris_id)"
    )
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.alter_column("kind", existing_type=sa.String(length=20), nullable=False)
        batch_op.alter_column("document_id", existing_type=sa.String(length=36), nullable=False)
        batch_op.alter_column("designation", existing_type=sa.String(length=20), nullable=False)
        batch_op.alter_column("attempts", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("looks", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("is_acknowledged", existing_type=sa.Boolean(), nullable=False)
        batch_op.alter_column("result", existing_type=Json, nullable=False)
        batch_op.create_index("ix_submissions_remote_name", ["remote_name"], unique=False)
        batch_op.create_index("ix_submissions_state", ["state", "kind"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_submissions_document_id"), ["document_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_submissions_document_id_documents"), "documents", ["document_id"], ["id"]
        )


def downgrade() -> None:
    """Take it back."""
    op.execute("DELETE FROM submissions WHERE ephemeris_id IS NULL")
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_submissions_document_id_documents"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_submissions_document_id"), type_="unique")
        batch_op.drop_index("ix_submissions_state")
        batch_op.drop_index("ix_submissions_remote_name")
        batch_op.alter_column("ephemeris_id", existing_type=sa.VARCHAR(length=36), nullable=False)
        batch_op.drop_column("result")
        batch_op.drop_column("result_at")
        batch_op.drop_column("present_at")
        batch_op.drop_column("sent_at")
        batch_op.drop_column("due_at")
        batch_op.drop_column("is_acknowledged")
        batch_op.drop_column("looks")
        batch_op.drop_column("attempts")
        batch_op.drop_column("remote_file_id")
        batch_op.drop_column("content_size")
        batch_op.drop_column("content_sha256")
        batch_op.drop_column("content_key")
        batch_op.drop_column("remote_name")
        batch_op.drop_column("folder_id")
        batch_op.drop_column("account_id")
        batch_op.drop_column("release_requested_by")
        batch_op.drop_column("designation")
        batch_op.drop_column("document_id")
        batch_op.drop_column("kind")

    with op.batch_alter_table("space_track_files", schema=None) as batch_op:
        batch_op.drop_index("ix_space_track_files_organization_id")

    op.drop_table("space_track_files")
    with op.batch_alter_table("space_track_cdms", schema=None) as batch_op:
        batch_op.drop_index("ix_space_track_cdms_submission_id")
        batch_op.drop_index("ix_space_track_cdms_document_id")

    op.drop_table("space_track_cdms")
    op.drop_table("space_track_tasks")
    with op.batch_alter_table("space_track_requests", schema=None) as batch_op:
        batch_op.drop_index("ix_space_track_requests_account_id_at")

    op.drop_table("space_track_requests")
    op.drop_table("space_track_links")
    op.drop_table("space_track_accounts")
