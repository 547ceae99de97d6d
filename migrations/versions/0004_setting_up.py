"""Holidays, the duty roster, displays; departments, rooms and tokens that were removed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

#: Table → the flag that says that a row is no longer shown.
FLAGS = {"department": "is_removed", "room": "is_removed", "token": "is_deleted"}


def upgrade() -> None:
    op.create_table(
        "holiday",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_holiday_department_id_department")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holiday")),
    )
    op.create_index(op.f("ix_holiday_day"), "holiday", ["day"], unique=False)
    op.create_table(
        "shift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("doctor_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("begins", sa.String(length=5), nullable=False),
        sa.Column("ends", sa.String(length=5), nullable=False),
        sa.ForeignKeyConstraint(["doctor_id"], ["staff.id"], name=op.f("fk_shift_doctor_id_staff")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_shift_room_id_room")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
    )
    op.create_index(op.f("ix_shift_doctor_id"), "shift", ["doctor_id"], unique=False)
    op.create_table(
        "board",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("look", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_board")),
    )
    op.add_column("department", sa.Column("private_names", sa.JSON(), nullable=True))
    for table, flag in FLAGS.items():
        op.add_column(table, sa.Column(flag, sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    for table, flag in FLAGS.items():
        op.drop_column(table, flag)
    op.drop_column("department", "private_names")
    for table in ("board", "shift", "holiday"):
        op.drop_table(table)
