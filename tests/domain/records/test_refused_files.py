"""Every reason for which a file is not taken is a sentence that says what to do."""

from __future__ import annotations

import pytest

from queue_server.domain.records.documents import LARGEST_FILE
from queue_server.domain.records.refused_files import MESSAGES, Refusal


@pytest.mark.parametrize("refusal", Refusal)
def test_a_refusal_has_a_sentence_of_its_own(refusal: Refusal) -> None:
    sentence = MESSAGES[refusal]

    assert sentence.endswith(".")
    assert list(MESSAGES.values()).count(sentence) == 1


def test_the_size_that_is_told_is_the_size_that_is_enforced() -> None:
    assert f"{LARGEST_FILE // 1024**2} MB" in MESSAGES[Refusal.TOO_LARGE]
