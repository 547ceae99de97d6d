"""Resetting PINs."""

import pytest

from queue_server.domain.alerts.alerts import Channel
from queue_server.services.alerts.preferences_and_outbox import Alerts
from queue_server.services.people.pin_resets import PinResets
from tests.alerting import RememberingDriver
from tests.clinics import Clinic


@pytest.fixture
def resets(clinic: Clinic) -> PinResets:
    """A clinic that can send SMS."""
    store, queues = clinic.services.store, clinic.services.clinic.queues
    return PinResets(store, queues, Alerts(store, queues, {Channel.SMS: RememberingDriver()}))
