"""The small parts of resources, and how they become JSON with every digit of a decimal. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

Resource = dict[str, Any]


def compact(**fields: Any) -> Resource:
    """The fields that say something: FHIR has no nulls and no empty lists. A trailing `_` is left out of a name."""
    said = {name.rstrip("_"): value for name, value in fields.items()}
    return {name: value for name, value in said.items() if value not in (None, "", [], {})}


def instant(at: datetime | None) -> str | None:
    """`2026-11-22T04:31:07Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def period(start: datetime | None, end: datetime | None = None) -> Resource:
    """A Period; never one that ends before it begins."""
    return compact(start=instant(start), end=instant(max(end, start) if end and start else end))


def reference(kind: str, id_: object, display: str | None = None) -> Resource:
    """A Reference to a resource of this server."""
    return compact(reference=f"{kind}/{id_}", display=display)


def decimal(amount: Fraction) -> Decimal | None:
    """The amount exactly; none where no decimal says it (1/3)."""
    rest = amount.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return Decimal(amount.numerator) / Decimal(amount.denominator) if rest == 1 else None


def extension(base: str, name: str, **value: Any) -> Resource:
    """One of our own extensions; docs/fhir.md says what they mean."""
    return {"url": f"{base}/StructureDefinition/{name}", **value}


def versioned(resource: Resource, changed_at: datetime | None = None) -> Resource:
    """The resource with its version: a hash of what it says, so that two that say the same have one version."""
    version = hashlib.sha256(encoded(resource).encode()).hexdigest()[:20]
    meta = compact(versionId=version, lastUpdated=instant(changed_at))
    return {"resourceType": resource["resourceType"], "id": resource["id"], "meta": meta, **resource}


def encoded(value: Any) -> str:
    """JSON; of a `Decimal` every digit, which json alone would round to a float's."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(name)}:{encoded(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(encoded, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
