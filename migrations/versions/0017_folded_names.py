"""Patients' names are kept as they are looked for, too; both databases find and sort them alike."""

import sqlalchemy as sa
from alembic import op

from queue_server.domain.people.folding import folded
from queue_server.storage.tables.columns import in_code_order

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

patient = sa.table("patient", sa.column("id", sa.Integer), sa.column("name", sa.String), sa.column("folded_name"))


def upgrade() -> None:
    op.add_column("patient", sa.Column("folded_name", in_code_order(), nullable=False, server_default=""))
    connection = op.get_bind()
    for row in connection.execute(sa.select(patient.c.id, patient.c.name)).all():
        new = sa.update(patient).where(patient.c.id == row.id).values(folded_name=folded(row.name))
        connection.execute(new)


def downgrade() -> None:
    op.drop_column("patient", "folded_name")
