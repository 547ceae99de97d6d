"""A room may have a name beside its short code; a printer can print a test slip, which belongs to no token."""

import sqlalchemy as sa
from alembic import op

from queue_server.storage.tables.columns import UTCDateTime

revision = "0018"
down_revision = "0020"
branch_labels = None
depends_on = None

STATES = ("queued", "sent", "printed", "unconfirmed", "failed")


def upgrade() -> None:
    op.add_column("room", sa.Column("name", sa.String(40), nullable=False, server_default=""))
    _change_token_of_a_print(is_nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM print_job WHERE token_id IS NULL")
    _change_token_of_a_print(is_nullable=False)
    op.drop_column("room", "name")


def _change_token_of_a_print(*, is_nullable: bool) -> None:
    # SQLite writes the table anew and would forget the CHECK of the states, which Alembic does not read back.
    with op.batch_alter_table("print_job", copy_from=_print_job()) as batch:
        batch.alter_column("token_id", existing_type=sa.Integer(), nullable=is_nullable)


def _print_job() -> sa.Table:
    states = sa.Enum(*STATES, name="printstate", native_enum=False, create_constraint=True, length=16)
    return sa.Table(
        "print_job",
        sa.MetaData(naming_convention={"ck": "ck_%(table_name)s_%(constraint_name)s"}),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(64), nullable=False),
        sa.Column("copy_number", sa.Integer(), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("reason", sa.String(200), nullable=True),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name="fk_print_job_record_id_record"),
        sa.ForeignKeyConstraint(["token_id"], ["token.id"], name="fk_print_job_token_id_token"),
        sa.PrimaryKeyConstraint("id", name="pk_print_job"),
        sa.Index("ix_print_job_place", "place"),
        sa.Index("ix_print_job_token_id", "token_id"),
    )
