"""First passwords that must be changed, what doctors' papers bear, locked screens, known browsers, codes for PINs."""

import sqlalchemy as sa
from alembic import op

from queue_server.storage.tables.columns import UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ADDED = {
    "patient_session": ["browser"],
    "session": ["browser", "is_locked"],
    "staff": ["must_change", "qualification", "registration", "unlock_hash"],
}


def upgrade() -> None:
    op.add_column("staff", sa.Column("must_change", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("staff", sa.Column("qualification", sa.String(length=120), nullable=False, server_default=""))
    op.add_column("staff", sa.Column("registration", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("staff", sa.Column("unlock_hash", sa.String(length=80), nullable=True))
    op.add_column("session", sa.Column("browser", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("session", sa.Column("is_locked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("patient_session", sa.Column("browser", sa.String(length=64), nullable=False, server_default=""))
    op.create_table(
        "staff_browser",
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_browser_staff_id_staff")),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_staff_browser")),
    )
    op.create_index(op.f("ix_staff_browser_staff_id"), "staff_browser", ["staff_id"], unique=False)
    op.create_table(
        "reset_code",
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("code_hash", sa.String(length=80), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("expires_at", UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_reset_code")),
    )
    op.create_index(op.f("ix_reset_code_expires_at"), "reset_code", ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_table("reset_code")
    op.drop_table("staff_browser")
    for table, names in _ADDED.items():
        with op.batch_alter_table(table) as batch_op:
            for name in names:
                batch_op.drop_column(name)
