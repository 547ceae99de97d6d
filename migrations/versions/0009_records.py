"""Prescriptions and certificates: drafts, signed versions, and what makes writing them quick."""

import sqlalchemy as sa
from alembic import op

from queue_server.storage.tables.columns import UTCDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "certificate_counter",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_certificate_counter")),
    )
    op.create_table(
        "medicine",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("generic", sa.String(length=80), nullable=False),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("strength", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_medicine")),
        sa.UniqueConstraint("generic", "form", "strength", name=op.f("uq_medicine_generic_form_strength")),
    )
    op.create_table(
        "wording",
        sa.Column(
            "kind",
            sa.Enum(
                "sick_leave",
                "fitness",
                "attendance",
                "referral",
                name="certificatekind",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "language", name=op.f("pk_wording")),
    )
    op.create_table(
        "favourite",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("doctor_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["doctor_id"], ["staff.id"], name=op.f("fk_favourite_doctor_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_favourite")),
    )
    op.create_index(op.f("ix_favourite_doctor_id"), "favourite", ["doctor_id"], unique=False)
    op.create_table(
        "regimen",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("doctor_id", sa.Integer(), nullable=False),
        sa.Column("diagnosis", sa.String(length=80), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["doctor_id"], ["staff.id"], name=op.f("fk_regimen_doctor_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regimen")),
        sa.UniqueConstraint("doctor_id", "diagnosis", name=op.f("uq_regimen_doctor_id_diagnosis")),
    )
    op.create_index(op.f("ix_regimen_doctor_id"), "regimen", ["doctor_id"], unique=False)
    op.create_table(
        "record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "prescription", "certificate", name="recordkind", native_enum=False, create_constraint=True, length=16
            ),
            nullable=False,
        ),
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("doctor_id", sa.Integer(), nullable=False),
        sa.Column("content_id", sa.String(length=32), nullable=True),
        sa.Column("edit", sa.Integer(), nullable=False),
        sa.Column("saved_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("signed_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("key", sa.String(length=32), nullable=True),
        sa.Column("number", sa.String(length=24), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["content_id"], ["content.id"], name=op.f("fk_record_content_id_content")),
        sa.ForeignKeyConstraint(["corrects_id"], ["record.id"], name=op.f("fk_record_corrects_id_record")),
        sa.ForeignKeyConstraint(["doctor_id"], ["staff.id"], name=op.f("fk_record_doctor_id_staff")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_record_document_id_document")),
        sa.ForeignKeyConstraint(["token_id"], ["token.id"], name=op.f("fk_record_token_id_token")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
        sa.UniqueConstraint("content_id", name=op.f("uq_record_content_id")),
        sa.UniqueConstraint("key", name=op.f("uq_record_key")),
        sa.UniqueConstraint("number", "version", name=op.f("uq_record_number_version")),
        sa.UniqueConstraint("series_id", "version", name=op.f("uq_record_series_id_version")),
    )
    op.create_index(
        "ix_record_draft",
        "record",
        ["token_id", "doctor_id", "kind"],
        unique=True,
        sqlite_where=sa.text("signed_at IS NULL"),
        postgresql_where=sa.text("signed_at IS NULL"),
    )
    op.create_index(op.f("ix_record_token_id"), "record", ["token_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("Going back would lose the prescriptions; restore a backup instead.")
