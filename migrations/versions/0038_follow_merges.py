"""What is written for a patient who was merged meanwhile is the one's that was kept.

Whoever read the patient's id before the merge's commit may write after it; on PostgreSQL a row that was waiting for the
merge goes on as soon as that has committed. The database sees to it, so that no place that writes has to.
"""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

TABLES = (
    "abha",
    "alert_address",
    "alert_wish",
    "attach_code",
    "consent",
    "document",
    "outbox",
    "patient_session",
    "record_read",
    "token",
)

#: FOR KEY SHARE is what the foreign key asks for anyway: it waits for a merge, and then sees what that has written.
POSTGRES_FUNCTION = """
CREATE FUNCTION follow_merge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept integer;
BEGIN
    SELECT merged_into INTO kept FROM patient WHERE id = NEW.patient_id FOR KEY SHARE;
    IF kept IS NOT NULL THEN
        NEW.patient_id := kept;
    END IF;
    RETURN NEW;
END
$$
"""
POSTGRES = """
CREATE TRIGGER follow_merge BEFORE INSERT OR UPDATE OF patient_id ON {table}
FOR EACH ROW WHEN (NEW.patient_id IS NOT NULL) EXECUTE FUNCTION follow_merge()
"""
SQLITE = """
CREATE TRIGGER follow_merge_{table}_{after} AFTER {when} ON {table}
WHEN (SELECT merged_into FROM patient WHERE id = NEW.patient_id) IS NOT NULL
BEGIN
    UPDATE OR REPLACE {table} SET patient_id = (SELECT merged_into FROM patient WHERE id = NEW.patient_id)
    WHERE rowid = NEW.rowid;
END
"""
#: What SQLite's triggers are called after, and when they act.
MOMENTS = {"insert": "INSERT", "update": "UPDATE OF patient_id"}


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(POSTGRES_FUNCTION)
        for table in TABLES:
            op.execute(POSTGRES.format(table=table))
        return
    for table in TABLES:
        for after, when in MOMENTS.items():
            op.execute(SQLITE.format(table=table, after=after, when=when))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"DROP TRIGGER follow_merge ON {table}")
        op.execute("DROP FUNCTION follow_merge()")
        return
    for table in TABLES:
        for after in MOMENTS:
            op.execute(f"DROP TRIGGER follow_merge_{table}_{after}")
