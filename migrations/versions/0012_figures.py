"""What past days amounted to, and when machines did not work."""

import sqlalchemy as sa
from alembic import op

from queue_server.storage.tables.columns import UTCDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

COUNTS = ("joined", "attended", "transferred", "cancelled", "no_show", "expired", "returned", "promised", "inside")


def upgrade() -> None:
    op.create_table(
        "tally",
        sa.Column("grain", sa.String(length=8), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=8), nullable=False),
        sa.Column("which", sa.String(length=16), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.Column("error_s", sa.Float(), nullable=False),
        sa.Column("waits", sa.JSON(), nullable=False),
        sa.Column("consultations", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("errors", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("longest", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("grain", "start", "department_id", "part", "which", name=op.f("pk_tally")),
    )
    op.create_table(
        "slip_tally",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "place", "state", name=op.f("pk_slip_tally")),
    )
    op.create_table(
        "tallied",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("event_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tallied")),
    )
    op.create_table(
        "fault",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("began_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_fault_device_id_device")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault")),
    )
    op.create_index(op.f("ix_fault_device_id"), "fault", ["device_id"])
    op.create_index(op.f("ix_fault_began_at"), "fault", ["began_at"])


def downgrade() -> None:
    op.drop_table("fault")
    op.drop_table("tallied")
    op.drop_table("slip_tally")
    op.drop_table("tally")
