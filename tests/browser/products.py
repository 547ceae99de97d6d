"""Products of languages: `.ci/run` looks at those that stand for the others, `scripts/test` at all."""

from collections.abc import Iterable

import pytest

#: What is written first, the longest words, the tallest letters of those from left to right, and right to left.
STAND_FOR_ALL = ("en", "ta", "kn", "ur")


def in_languages(languages: Iterable[str]) -> pytest.MarkDecorator:
    """The test is given `languages`: once those that stand for all of these, and once the others."""
    others = [language for language in languages if language not in STAND_FOR_ALL]
    groups = [pytest.param(STAND_FOR_ALL, id="some"), pytest.param(others, id="others", marks=pytest.mark.thorough)]
    return pytest.mark.parametrize("languages", groups)
