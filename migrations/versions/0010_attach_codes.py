"""Codes with which a patient's phone says whose a token is."""

import sqlalchemy as sa
from alembic import op

from queue_server.storage.tables.columns import UTCDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attach_code",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_attach_code_patient_id_patient")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_attach_code")),
    )
    op.create_index(op.f("ix_attach_code_patient_id"), "attach_code", ["patient_id"], unique=False)


def downgrade() -> None:
    op.drop_table("attach_code")
