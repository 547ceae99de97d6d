"""What a poster beside a counter says; all texts are ready to be read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Poster:
    """`link` is what its code holds. `names`: of the department, `sentences`: what to do, both in the clinic's order.

    `number` is the example on the drawn phone; `language` is that of the title. `is_longer`: each language
    has a further sentence.
    """

    link: str
    title: str
    names: tuple[str, ...]
    sentences: tuple[str, ...]
    number: str
    language: str
    is_longer: bool = False
