"""Documents with their encrypted content, and who read whose records."""

import sqlalchemy as sa
from alembic import op

from queue_server.storage.tables.columns import UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KIND = sa.Enum(
    "certificate",
    "prescription",
    "report",
    name="documentkind",
    native_enum=False,
    create_constraint=True,
    length=16,
)


def upgrade() -> None:
    op.create_table(
        "content",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("chunks", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content")),
    )
    op.create_index(op.f("ix_content_key_id"), "content", ["key_id"], unique=False)
    op.create_index(op.f("ix_content_created_at"), "content", ["created_at"], unique=False)
    op.create_table(
        "content_chunk",
        sa.Column("content_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["content_id"], ["content.id"], name=op.f("fk_content_chunk_content_id_content")),
        sa.PrimaryKeyConstraint("content_id", "position", name=op.f("pk_content_chunk")),
    )
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=True),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("label", sa.LargeBinary(), nullable=True),
        sa.Column("content_id", sa.String(length=32), nullable=True),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("is_upload", sa.Boolean(), nullable=False),
        sa.Column("added_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("replaces", sa.Integer(), nullable=True),
        sa.Column("damaged_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("removed_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("removed_because", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["token_id"], ["token.id"], name=op.f("fk_document_token_id_token")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_document_patient_id_patient")),
        sa.ForeignKeyConstraint(["content_id"], ["content.id"], name=op.f("fk_document_content_id_content")),
        sa.ForeignKeyConstraint(["replaces"], ["document.id"], name=op.f("fk_document_replaces_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("content_id", name=op.f("uq_document_content_id")),
    )
    for column in ("token_id", "patient_id", "added_at"):
        op.create_index(op.f(f"ix_document_{column}"), "document", [column], unique=False)
    op.create_table(
        "record_read",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=True),
        sa.Column("token_id", sa.Integer(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("reader", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_record_read_patient_id_patient")),
        sa.ForeignKeyConstraint(["token_id"], ["token.id"], name=op.f("fk_record_read_token_id_token")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_record_read_document_id_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_read")),
    )
    for column in ("patient_id", "at"):
        op.create_index(op.f(f"ix_record_read_{column}"), "record_read", [column], unique=False)


def downgrade() -> None:
    for table in ("record_read", "document", "content_chunk", "content"):
        op.drop_table(table)
