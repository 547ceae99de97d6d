"""Set-ups as hypothesis draws them."""

from __future__ import annotations

from hypothesis import strategies as st

from queue_server.domain.clinic.configuration import DepartmentPlan
from queue_server.domain.clinic.department_signs import COLOURS, ICONS
from queue_server.domain.clinic.opening_hours import WEEKDAYS
from queue_server.domain.form_reading import clean

LANGUAGES = ("en", "hi")


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=40).map(clean).filter(bool)


CODES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=4)


NAMES = st.dictionaries(st.sampled_from(LANGUAGES), WORDS, min_size=1)


CLOCK = st.integers(0, 1439).map(lambda minute: f"{minute // 60:02d}:{minute % 60:02d}")


@st.composite
def spans(draw: st.DrawFn) -> tuple[tuple[str, str], ...]:
    """Up to two spans of one day, in order."""
    edges = sorted(draw(st.sets(CLOCK, min_size=2, max_size=4)))
    return tuple(zip(edges[::2], edges[1::2], strict=False))


DEPARTMENTS = st.builds(
    DepartmentPlan,
    code=CODES,
    prefix=CODES,
    names=NAMES,
    icon=st.sampled_from(ICONS),
    colour=st.sampled_from(COLOURS),
    private_names=st.just({}) | NAMES,
    is_open=st.booleans(),
    pace_s=st.integers(10, 7200),
    return_after=st.integers(0, 50),
    credits=st.builds(lambda a, u: {"normal": 0, "assisted": a, "urgent": u}, st.integers(0, 480), st.integers(0, 480)),
    hours=st.none() | st.dictionaries(st.sampled_from(WEEKDAYS), spans()),
    daily_quota=st.none() | st.integers(1, 9999),
    must_arrive=st.booleans(),
    place_kept_min=st.integers(0, 240),
)


FIELDS = st.sampled_from(["code", "names", "hours", "mon", "quiet", "en", "credits"])


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner) | st.dictionaries(FIELDS, inner),
)
