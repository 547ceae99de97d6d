"""What the desk should look at: numbers on paper that do not fit."""

import sqlalchemy as sa
from alembic import op

from queue_server.storage.tables.columns import UTCDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

KINDS = sa.Enum(
    "closed",
    "quota",
    "day_over",
    "number_twice",
    "two_numbers",
    "time_unknown",
    "not_opened",
    "no_department",
    name="taskkind",
    native_enum=False,
    create_constraint=True,
    length=16,
)


def upgrade() -> None:
    op.create_table(
        "desk_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", KINDS, nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("token_id", sa.Integer(), nullable=True),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("done_at", UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["token_id"], ["token.id"], name=op.f("fk_desk_task_token_id_token")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_task")),
    )
    op.create_index(op.f("ix_desk_task_done_at"), "desk_task", ["done_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_desk_task_done_at"), table_name="desk_task")
    op.drop_table("desk_task")
