"""Column types that behave the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import DateTime, Dialect, Enum, Text
from sqlalchemy.types import TypeDecorator, TypeEngine


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC, to the microsecond. Refuses naive values, so that no local time slips in."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware in any zone → UTC; SQLite stores it as text without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"A naive moment, {value!r}, cannot be stored.")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def in_code_order() -> TypeEngine[str]:
    """A column of text that both databases sort alike, by its code points, whatever language the server speaks."""
    return Text(collation="C").with_variant(Text(collation="BINARY"), "sqlite")


def words(kind: type[StrEnum]) -> Enum:
    """A column of an enumeration's values as text, with a CHECK constraint in both databases."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=16,
        values_callable=lambda members: [member.value for member in members],
        name=kind.__name__.lower(),
    )
