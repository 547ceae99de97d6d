"""Medicines come out of the slip printer, and a signed paper remembers whether it bears a name."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("print_job") as batch_op:
        batch_op.add_column(sa.Column("record_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_print_job_record_id_record"), "record", ["record_id"], ["id"])
    op.add_column("record", sa.Column("bears_name", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("record", "bears_name")
    with op.batch_alter_table("print_job") as batch_op:
        batch_op.drop_constraint(op.f("fk_print_job_record_id_record"), type_="foreignkey")
        batch_op.drop_column("record_id")
