"""What `demo.json` promises opens the demo."""

import json
import os
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from queue_server.alerts.folder import FolderDriver
from queue_server.clock import SystemClock
from queue_server.demo import alerting, greeting, in_a_process_of_its_own, prepare
from queue_server.domain.alerts.alerts import Channel
from queue_server.domain.people.patients import new_pin
from queue_server.locale import texts
from queue_server.serving import CannotServe
from queue_server.settings import Settings
from tests.clinics import open_services


async def test_the_demo_has_a_patient_who_can_log_in_and_take_a_number(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/queue.db", data=tmp_path, public_url="http://queue.test")

    facts = await prepare(settings)

    patient = json.loads((tmp_path / "demo.json").read_text())["patient"]
    assert patient == facts["patient"]
    assert new_pin(patient["pin"]) == patient["pin"]
    assert f"{facts['base_url']}/admin\n" in greeting(settings, facts)
    assert f"{patient['phone']}   PIN {patient['pin']}" in greeting(settings, facts)
    async with open_services(settings.database_url, SystemClock()) as services:
        login = await services.people.patients.who(
            (await services.people.patients.log_in(patient["phone"], patient["pin"])).secret
        )
        assert login is not None
        assert login.patient is not None
        assert (await services.screens.own_tokens.take(login.patient, "GEN")).number == "G-001"


async def test_the_figures_of_the_demo_begin_with_a_week_that_every_chart_has_something_of(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/queue.db", data=tmp_path, public_url="http://queue.test")
    await prepare(settings)

    async with open_services(settings.database_url, SystemClock()) as services:
        today = await services.clinic.queues.day()
        report = await services.analytics.reports.report(today - timedelta(days=8), today, None, texts("en"))

    assert [section.key for section in report.sections if not section.rows] == ["faults"]
    figures = {figure.label: figure.value for figure in report.figures}
    assert int(figures["Patients"]) > 500
    assert float(figures["Median wait"].removesuffix(" min")) > 2


async def test_a_demo_that_is_started_again_keeps_its_patient(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/queue.db", data=tmp_path, public_url="http://queue.test")
    first = await prepare(settings)

    again = await prepare(settings)

    assert again["patient"] == first["patient"]


def test_what_a_process_of_its_own_makes_is_handed_over(one_thread: None) -> None:
    assert in_a_process_of_its_own(_process, Settings()) != os.getpid()


def test_beside_threads_there_is_no_process_of_its_own() -> None:
    ended = threading.Event()
    thread = threading.Thread(target=ended.wait)
    thread.start()

    made = in_a_process_of_its_own(_process, Settings())

    ended.set()
    thread.join()
    assert made == os.getpid()


def test_what_goes_wrong_in_a_process_of_its_own_goes_wrong_here(one_thread: None) -> None:
    with pytest.raises(PermissionError, match="not yours"):
        in_a_process_of_its_own(_refuse, Settings())


def test_a_process_of_its_own_that_is_ended_is_not_waited_for(one_thread: None) -> None:
    with pytest.raises(CannotServe):
        in_a_process_of_its_own(_end, Settings())


@pytest.fixture
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The threads of other tests are none that this work waits for."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)


def _process(settings: Settings) -> int:
    return os.getpid()


def _refuse(settings: Settings) -> None:
    raise PermissionError("not yours")


def _end(settings: Settings) -> None:
    os._exit(1)


def test_the_demo_sends_e_mail_and_sms_to_a_folder_only(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/queue.db", data=tmp_path, public_url="http://queue.test")

    drivers = alerting(settings)

    assert {driver.channel: type(driver) for driver in drivers} == {
        Channel.EMAIL: FolderDriver,
        Channel.SMS: FolderDriver,
    }
