"""Alerts: wishes, addresses and the outbox."""

import sqlalchemy as sa
from alembic import op

from queue_server.storage.tables.columns import UTCDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alert_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=True),
        sa.Column("token_id", sa.Integer(), nullable=True),
        sa.Column(
            "channel",
            sa.Enum(
                "email",
                "sms",
                "push",
                "live",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_hash", sa.String(length=32), nullable=False),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("refused_reason", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_alert_address_patient_id_patient")),
        sa.ForeignKeyConstraint(["token_id"], ["token.id"], name=op.f("fk_alert_address_token_id_token")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_address")),
        sa.UniqueConstraint(
            "patient_id", "channel", "address_hash", name=op.f("uq_alert_address_patient_id_channel_address_hash")
        ),
        sa.UniqueConstraint(
            "token_id", "channel", "address_hash", name=op.f("uq_alert_address_token_id_channel_address_hash")
        ),
    )
    op.create_index(op.f("ix_alert_address_patient_id"), "alert_address", ["patient_id"], unique=False)
    op.create_index(op.f("ix_alert_address_token_id"), "alert_address", ["token_id"], unique=False)

    op.create_table(
        "alert_wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=True),
        sa.Column("token_id", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("ahead", sa.Integer(), nullable=True),
        sa.Column("quiet_from", sa.String(length=5), nullable=True),
        sa.Column("quiet_until", sa.String(length=5), nullable=True),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_alert_wish_patient_id_patient")),
        sa.ForeignKeyConstraint(["token_id"], ["token.id"], name=op.f("fk_alert_wish_token_id_token")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_wish")),
        sa.UniqueConstraint("patient_id", name=op.f("uq_alert_wish_patient_id")),
        sa.UniqueConstraint("token_id", name=op.f("uq_alert_wish_token_id")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("cause", sa.String(length=100), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "email",
                "sms",
                "push",
                "live",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_hash", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("token_id", sa.Integer(), nullable=True),
        sa.Column("patient_id", sa.Integer(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "sending",
                "sent",
                "delivered",
                "unknown",
                "failed",
                "withdrawn",
                name="messagestate",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("due_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("leased_until", UTCDateTime(timezone=True), nullable=True),
        sa.Column("handed_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("changed_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("provider_id", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_outbox_patient_id_patient")),
        sa.ForeignKeyConstraint(["token_id"], ["token.id"], name=op.f("fk_outbox_token_id_token")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("cause", "channel", "address_hash", name=op.f("uq_outbox_cause_channel_address_hash")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index(op.f("ix_outbox_channel_handed_at"), "outbox", ["channel", "handed_at"], unique=False)
    op.create_index(op.f("ix_outbox_created_at"), "outbox", ["created_at"], unique=False)
    op.create_index(op.f("ix_outbox_patient_id"), "outbox", ["patient_id"], unique=False)
    op.create_index(op.f("ix_outbox_provider_id"), "outbox", ["provider_id"], unique=False)
    op.create_index(op.f("ix_outbox_state_due_at"), "outbox", ["state", "due_at"], unique=False)
    op.create_index(op.f("ix_outbox_token_id"), "outbox", ["token_id"], unique=False)


def downgrade() -> None:
    for table in ("outbox", "alert_wish", "alert_address"):
        op.drop_table(table)
