"""Every error of the tree has a code, an HTTP status and a close code."""

from collections.abc import Iterator

import pytest

from queue_server.domain.errors import QueueError
from queue_server.web.errors import CLOSE_CODE, STATUS, looked_up


def descendants(error: type[QueueError]) -> Iterator[type[QueueError]]:
    for child in error.__subclasses__():
        yield child
        yield from descendants(child)


TREE = sorted(set(descendants(QueueError)), key=lambda error: error.__name__)


@pytest.mark.parametrize("error", TREE)
def test_it_has_a_status_and_a_close_code(error: type[QueueError]) -> None:
    assert 400 <= looked_up(STATUS, error) < 600
    assert looked_up(CLOSE_CODE, error) >= 1008


def test_an_error_outside_the_tables_would_be_noticed() -> None:
    with pytest.raises(KeyError):
        looked_up(STATUS, QueueError)
