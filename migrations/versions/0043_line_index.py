"""The index of those who wait holds their order, too."""

from alembic import op

revision = "0043"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    columns = ["department_id", "service_day", "state", "priority", "rank_at", "is_here"]
    op.create_index(op.f("ix_queue_entry_line"), "queue_entry", columns)
    op.drop_index(op.f("ix_queue_entry_department_id_service_day_state"), "queue_entry")


def downgrade() -> None:
    columns = ["department_id", "service_day", "state"]
    op.create_index(op.f("ix_queue_entry_department_id_service_day_state"), "queue_entry", columns)
    op.drop_index(op.f("ix_queue_entry_line"), "queue_entry")
