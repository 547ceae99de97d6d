"""A patient's record may have become part of another."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("patient") as batch_op:
        batch_op.add_column(sa.Column("merged_into", sa.Integer(), nullable=True))
        batch_op.create_index(op.f("ix_patient_merged_into"), ["merged_into"])
        batch_op.create_foreign_key(op.f("fk_patient_merged_into_patient"), "patient", ["merged_into"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("patient") as batch_op:
        batch_op.drop_constraint(op.f("fk_patient_merged_into_patient"), type_="foreignkey")
        batch_op.drop_index(op.f("ix_patient_merged_into"))
        batch_op.drop_column("merged_into")
