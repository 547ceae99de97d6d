"""The flags that every attack of `scripts/chaos` takes."""

from __future__ import annotations

import argparse
import random
import sys


def arguments(about: str | None, seconds: float) -> argparse.ArgumentParser:
    """`--seconds`, how long it takes (`seconds` by default), and `--seed`, which makes its choices the same again."""
    parser = argparse.ArgumentParser(prog=sys.argv[0], description=about)
    parser.add_argument("--seconds", type=float, default=seconds, help="how long it takes (%(default)s)")
    parser.add_argument(
        "--seed", type=int, default=random.randrange(1_000_000), help="makes its choices the same again"
    )
    return parser
