"""The queue's first schema."""

import sqlalchemy as sa
from alembic import op

from queue_server.storage.tables.columns import UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer",
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("body", sa.JSON(), nullable=True),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope", "key", name=op.f("pk_answer")),
    )
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_at"), ["at"], unique=False)

    op.create_table(
        "api_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("is_revoked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_key_key_hash")),
    )
    op.create_table(
        "department",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("prefix", sa.String(length=4), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("icon", sa.String(length=32), nullable=False),
        sa.Column("colour", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("return_after", sa.Integer(), nullable=False),
        sa.Column("credits", sa.JSON(), nullable=False),
        sa.Column("pace_s", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
        sa.UniqueConstraint("code", name=op.f("uq_department_code")),
        sa.UniqueConstraint("prefix", name=op.f("uq_department_prefix")),
    )
    op.create_table(
        "device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "kiosk", "display", "agent", name="devicekind", native_enum=False, create_constraint=True, length=16
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("is_revoked", sa.Boolean(), nullable=False),
        sa.Column("seen_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("printer", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_device_key_hash")),
    )
    op.create_table(
        "enrolment",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "kiosk", "display", "agent", name="devicekind", native_enum=False, create_constraint=True, length=16
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("expires_at", UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_enrolment")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("token_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("number", name=op.f("uq_event_number")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_department_id_id", ["department_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_token_id"), ["token_id"], unique=False)
        batch_op.create_index(
            "ix_event_unsealed",
            ["id"],
            unique=False,
            sqlite_where=sa.text("number IS NULL"),
            postgresql_where=sa.text("number IS NULL"),
        )

    op.create_table(
        "revision",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_revision")),
    )
    op.create_table(
        "setting",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.String(length=80), nullable=False),
        sa.Column(
            "role",
            sa.Enum("admin", "doctor", "desk", name="role", native_enum=False, create_constraint=True, length=16),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("login", name=op.f("uq_staff_login")),
    )
    op.create_table(
        "counter",
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("service_day", sa.Date(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_counter_department_id_department")),
        sa.PrimaryKeyConstraint("department_id", "service_day", name=op.f("pk_counter")),
    )
    op.create_table(
        "learned",
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_learned_department_id_department")),
        sa.PrimaryKeyConstraint("department_id", name=op.f("pk_learned")),
    )
    op.create_table(
        "promise",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("promised_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("low_s", sa.Float(), nullable=False),
        sa.Column("likely_s", sa.Float(), nullable=False),
        sa.Column("high_s", sa.Float(), nullable=False),
        sa.Column("clues", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_promise_department_id_department")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_promise")),
    )
    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_promise_department_id"), ["department_id"], unique=False)

    op.create_table(
        "room",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_room_department_id_department")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
        sa.UniqueConstraint("code", name=op.f("uq_room_code")),
    )
    with op.batch_alter_table("room", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_room_department_id"), ["department_id"], unique=False)

    op.create_table(
        "session",
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("seen_at", UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_session_staff_id_staff")),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_session")),
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("service_day", sa.Date(), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("issued_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("ahead_at_issue", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_token_department_id_department")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token")),
        sa.UniqueConstraint(
            "department_id", "service_day", "number", name=op.f("uq_token_department_id_service_day_number")
        ),
        sa.UniqueConstraint("key", name=op.f("uq_token_key")),
    )
    with op.batch_alter_table("token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_token_service_day"), ["service_day"], unique=False)

    op.create_table(
        "duty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("doctor_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "expected",
                "on_duty",
                "on_break",
                "off_duty",
                name="dutystate",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=120), nullable=True),
        sa.Column("back_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("since_at", UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["doctor_id"], ["staff.id"], name=op.f("fk_duty_doctor_id_staff")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_duty_room_id_room")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
        sa.UniqueConstraint("doctor_id", name=op.f("uq_duty_doctor_id")),
        sa.UniqueConstraint("room_id", name=op.f("uq_duty_room_id")),
    )
    op.create_table(
        "print_job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("copy_number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "sent",
                "printed",
                "unconfirmed",
                "failed",
                name="printstate",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["token_id"], ["token.id"], name=op.f("fk_print_job_token_id_token")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_job")),
    )
    with op.batch_alter_table("print_job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_print_job_place"), ["place"], unique=False)
        batch_op.create_index(batch_op.f("ix_print_job_token_id"), ["token_id"], unique=False)

    op.create_table(
        "queue_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("service_day", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "called",
                "serving",
                "held",
                "missed",
                "attended",
                "expired",
                "cancelled",
                "transferred",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column(
            "priority",
            sa.Enum(
                "normal",
                "assisted",
                "urgent",
                "emergency",
                name="priority",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("priority_reason", sa.String(length=200), nullable=True),
        sa.Column("joined_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("rank_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("rank_sequence", sa.Integer(), nullable=True),
        sa.Column("rank_after", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("doctor_id", sa.Integer(), nullable=True),
        sa.Column("called_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("started_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("finished_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("returns", sa.Integer(), nullable=False),
        sa.Column("came_from", sa.Integer(), nullable=True),
        sa.Column("return_to", sa.Integer(), nullable=True),
        sa.Column("for_doctor_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["came_from"], ["department.id"], name=op.f("fk_queue_entry_came_from_department")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_queue_entry_department_id_department")
        ),
        sa.ForeignKeyConstraint(["doctor_id"], ["staff.id"], name=op.f("fk_queue_entry_doctor_id_staff")),
        sa.ForeignKeyConstraint(["for_doctor_id"], ["staff.id"], name=op.f("fk_queue_entry_for_doctor_id_staff")),
        sa.ForeignKeyConstraint(["return_to"], ["room.id"], name=op.f("fk_queue_entry_return_to_room")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_queue_entry_room_id_room")),
        sa.ForeignKeyConstraint(["token_id"], ["token.id"], name=op.f("fk_queue_entry_token_id_token")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_entry")),
    )
    with op.batch_alter_table("queue_entry", schema=None) as batch_op:
        batch_op.create_index(
            "ix_queue_entry_department_id_service_day_state", ["department_id", "service_day", "state"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_queue_entry_token_id"), ["token_id"], unique=False)

    op.create_table(
        "undo",
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("acted_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_undo_room_id_room")),
        sa.PrimaryKeyConstraint("room_id", name=op.f("pk_undo")),
    )
    op.create_table(
        "call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("room", sa.String(length=12), nullable=False),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("is_recall", sa.Boolean(), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_call_department_id_department")),
        sa.ForeignKeyConstraint(["entry_id"], ["queue_entry.id"], name=op.f("fk_call_entry_id_queue_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
    )
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.create_index("ix_call_department_id_at", ["department_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_entry_id"), ["entry_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("The first schema has nothing before it.")
