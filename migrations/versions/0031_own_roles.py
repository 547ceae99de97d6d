"""A clinic has roles of its own, and accounts may have one of them."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column(
            "base",
            sa.Enum("doctor", "desk", name="base", native_enum=False, create_constraint=True, length=16),
            nullable=False,
        ),
        sa.Column("rights", sa.JSON(), nullable=False),
        sa.Column("departments", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_role")),
        sa.UniqueConstraint("name", name=op.f("uq_staff_role_name")),
    )
    with op.batch_alter_table("staff") as batch_op:
        batch_op.add_column(sa.Column("role_id", sa.Integer(), nullable=True))
        batch_op.create_index(op.f("ix_staff_role_id"), ["role_id"])
        batch_op.create_foreign_key(op.f("fk_staff_role_id_staff_role"), "staff_role", ["role_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("staff") as batch_op:
        batch_op.drop_constraint(op.f("fk_staff_role_id_staff_role"), type_="foreignkey")
        batch_op.drop_index(op.f("ix_staff_role_id"))
        batch_op.drop_column("role_id")
    op.drop_table("staff_role")
