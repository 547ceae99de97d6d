"""Keepers of kiosks, and the numbers that they have given out while the server was away."""

import sqlalchemy as sa
from alembic import op

from queue_server.storage.tables.columns import UTCDateTime

revision = "0025"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "keeper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("store", sa.String(length=32), nullable=False),
        sa.Column("series", sa.String(length=4), nullable=False),
        sa.Column("heard_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("clock_off_s", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_keeper_device_id_device")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keeper")),
        sa.UniqueConstraint("series", name=op.f("uq_keeper_series")),
        sa.UniqueConstraint("store", name=op.f("uq_keeper_store")),
    )
    op.create_index(op.f("ix_keeper_device_id"), "keeper", ["device_id"], unique=False)
    op.create_table(
        "kept_number",
        sa.Column("keeper_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("token_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["keeper_id"], ["keeper.id"], name=op.f("fk_kept_number_keeper_id_keeper")),
        sa.ForeignKeyConstraint(["token_id"], ["token.id"], name=op.f("fk_kept_number_token_id_token")),
        sa.PrimaryKeyConstraint("keeper_id", "sequence", name=op.f("pk_kept_number")),
        sa.UniqueConstraint("token_id", name=op.f("uq_kept_number_token_id")),
    )


def downgrade() -> None:
    op.drop_table("kept_number")
    op.drop_index(op.f("ix_keeper_device_id"), table_name="keeper")
    op.drop_table("keeper")
