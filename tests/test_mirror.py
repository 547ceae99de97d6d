"""The tests of rules, use cases and rows stand where their modules stand, by the same names."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
#: Still to be written; this list only ever shrinks.
YET_TO_COME = {
    "services/access/credentials.py",
    "services/access/throttling.py",
    "services/alerts/causes.py",
    "services/alerts/sending.py",
    "services/alerts/watch.py",
    "services/analytics/analytics.py",
    "services/analytics/gauges.py",
    "services/clinic/departments.py",
    "services/clinic/displays.py",
    "services/clinic/letterheads.py",
    "services/clinic/roster.py",
    "services/clinic/snapshot.py",
    "services/composing.py",
    "services/devices/devices.py",
    "services/devices/previews.py",
    "services/devices/printing.py",
    "services/people/accounts.py",
    "services/people/first_start.py",
    "services/people/housekeeping.py",
    "services/people/pins.py",
    "services/people/screen_locks.py",
    "services/programs/journal.py",
    "services/programs/webhook_deliveries.py",
    "services/programs/webhooks.py",
    "services/queue/day_end.py",
    "services/queue/token_versions.py",
    "services/queue/transfers.py",
    "services/queue/unanswered.py",
    "services/queue/undoable.py",
    "services/records/certificate_wordings.py",
    "services/records/master_keys.py",
    "services/records/medical_history.py",
    "services/records/medicines.py",
    "services/records/retention.py",
    "services/records/uploads.py",
    "services/screens/boards.py",
    "services/screens/lists.py",
    "services/screens/token_pages.py",
    "services/screens/topics.py",
    "services/subjects.py",
    "services/waits/in_words.py",
}


@pytest.mark.parametrize("package", ["domain", "services", "storage"])
def test_every_module_has_a_test_file_of_its_name(package: str) -> None:
    modules = (path.relative_to(ROOT / "queue_server") for path in (ROOT / "queue_server" / package).rglob("*.py"))
    # The tables are declarations; `tests/storage/engine/test_migrating.py` compares them with the schema.
    wanted = (path for path in modules if path.stem != "__init__" and "tables" not in path.parts)

    missing = {str(path) for path in wanted if not (ROOT / "tests" / path.parent / f"test_{path.name}").is_file()}

    assert missing <= YET_TO_COME
