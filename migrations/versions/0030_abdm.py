"""Whose an ABHA address is, and what became of each share of ABDM's Scan and Register."""

import sqlalchemy as sa
from alembic import op

from queue_server.storage.tables.columns import UTCDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

STATE = sa.Enum(
    *("received", "answered", "refused", "unheard"),
    name="sharestate",
    native_enum=False,
    create_constraint=True,
    length=16,
)


def upgrade() -> None:
    op.create_table(
        "abha",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=120), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=14), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("shared_at", UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_abha_patient_id_patient")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_abha")),
        sa.UniqueConstraint("address", name=op.f("uq_abha_address")),
    )
    op.create_index(op.f("ix_abha_patient_id"), "abha", ["patient_id"])
    op.create_table(
        "abdm_share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("received_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("counter", sa.String(length=20), nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("token_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=80), nullable=True),
        sa.Column("took_ms", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["token_id"], ["token.id"], name=op.f("fk_abdm_share_token_id_token")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_abdm_share")),
        sa.UniqueConstraint("request_id", name=op.f("uq_abdm_share_request_id")),
    )
    op.create_index(op.f("ix_abdm_share_received_at"), "abdm_share", ["received_at"])
    op.create_index(op.f("ix_abdm_share_token_id"), "abdm_share", ["token_id"])


def downgrade() -> None:
    op.drop_table("abdm_share")
    op.drop_table("abha")
