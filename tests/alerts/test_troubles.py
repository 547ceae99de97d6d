"""What is wrong, in words."""

import pytest

from queue_server.alerts.troubles import trouble_sentences, trouble_words
from queue_server.domain.devices.troubles import TroubleKind
from queue_server.locale import texts


@pytest.mark.parametrize("language", ["en", "hi"])
def test_every_trouble_is_a_sentence_that_names_the_device_if_it_is_one(language: str) -> None:
    gettext = texts(language).gettext

    for kind in TroubleKind:
        said = trouble_words(gettext, {"kind": kind, "name": "Entrance"})
        has_device = kind not in {TroubleKind.CLOCK, TroubleKind.DISK, TroubleKind.NO_BACKUP, TroubleKind.BACKUP_OLD}
        assert ("Entrance" in said) == has_device
    assert set(trouble_sentences(gettext)) == {f"trouble_{kind}" for kind in TroubleKind}
