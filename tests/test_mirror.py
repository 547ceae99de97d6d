"""The tests of rules, use cases and rows stand where their modules stand, by the same names."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MIRRORED = ("domain", "services", "storage")
#: Still to be written; this list only ever shrinks.
YET_TO_COME = {
    "domain/waits/clues.py",
    "domain/waits/mechanics.py",
    "domain/waits/recent.py",
    "domain/waits/regression.py",
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
    "storage/access/actor_names.py",
    "storage/alerts/limit_rows.py",
    "storage/alerts/outbox_history_rows.py",
    "storage/alerts/preference_rows.py",
    "storage/analytics/tally_rows.py",
    "storage/clinic/clinic_rows.py",
    "storage/clinic/configuration_rows.py",
    "storage/devices/device_rows.py",
    "storage/devices/print_job_rows.py",
    "storage/engine/backup.py",
    "storage/engine/databases.py",
    "storage/engine/engines.py",
    "storage/engine/migrating.py",
    "storage/engine/setting_rows.py",
    "storage/engine/sqlite_in_loop.py",
    "storage/engine/statements.py",
    "storage/engine/store.py",
    "storage/people/attach_code_rows.py",
    "storage/people/expired_rows.py",
    "storage/people/patient_rows.py",
    "storage/people/pin_attempt_rows.py",
    "storage/people/reset_code_rows.py",
    "storage/people/staff_rows.py",
    "storage/programs/program_rows.py",
    "storage/programs/webhook_rows.py",
    "storage/queue/duty_rows.py",
    "storage/queue/queue_rows.py",
    "storage/queue/queue_statements.py",
    "storage/queue/undo_rows.py",
    "storage/records/access_log_rows.py",
    "storage/records/document_rows.py",
    "storage/records/encrypted_blobs.py",
    "storage/records/keyring.py",
    "storage/records/medical_history_rows.py",
    "storage/records/paper_rows.py",
    "storage/records/prescribing_list_rows.py",
    "storage/records/record_rows.py",
    "storage/screens/desk_rows.py",
    "storage/screens/list_rows.py",
    "storage/tables/alerts.py",
    "storage/tables/clinic.py",
    "storage/tables/columns.py",
    "storage/tables/devices.py",
    "storage/tables/documents.py",
    "storage/tables/figures.py",
    "storage/tables/journal.py",
    "storage/tables/naming.py",
    "storage/tables/papers.py",
    "storage/tables/patients.py",
    "storage/tables/queue.py",
    "storage/tables/records.py",
    "storage/tables/staff.py",
    "storage/tables/webhooks.py",
    "storage/waits/learned_rows.py",
    "storage/waits/promise_rows.py",
}


@pytest.mark.parametrize("package", MIRRORED)
def test_every_module_has_a_test_file_of_its_name(package: str) -> None:
    modules = (path.relative_to(ROOT / "queue_server") for path in (ROOT / "queue_server" / package).rglob("*.py"))
    wanted = {
        str(path): ROOT / "tests" / path.parent / f"test_{path.name}" for path in modules if path.stem != "__init__"
    }

    missing = {module for module, test in wanted.items() if not test.is_file()}

    assert missing == {module for module in YET_TO_COME if module.startswith(package)}


@pytest.mark.parametrize("package", ["domain", "storage"])
def test_every_test_file_is_of_a_module(package: str) -> None:
    tests = [path.relative_to(ROOT / "tests") for path in (ROOT / "tests" / package).rglob("test_*.py")]
    modules = {path: ROOT / "queue_server" / path.with_name(path.name.removeprefix("test_")) for path in tests}

    assert {str(path) for path, module in modules.items() if not module.is_file()} == set()
