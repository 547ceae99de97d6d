"""What `scripts/chaos` runs: an attack is a module beside this one with a `main`, or a folder with a `__main__.py`."""

from __future__ import annotations

import ast
import runpy
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def attacks() -> dict[str, str]:
    """Each attack's name, and what its docstring says first."""
    files = {path.stem: path for path in HERE.glob("[a-z]*.py") if "\nif __name__ ==" in path.read_text()}
    folders = {path.parent.name: path for path in HERE.glob("*/__main__.py")}
    found = {name: ast.get_docstring(ast.parse(path.read_text())) or "" for name, path in (files | folders).items()}
    return {name: about.partition("\n")[0] for name, about in sorted(found.items())}


def main(arguments: list[str]) -> int:
    """Run the attack that is named first, with the other arguments; without a known name: list them all."""
    known = attacks()
    if not arguments or arguments[0] not in known:
        for name, about in known.items():
            print(f"scripts/chaos {name:<10} {about}")
        return 2
    sys.argv = [f"scripts/chaos {arguments[0]}", *arguments[1:]]
    runpy.run_module(f"tests.chaos.{arguments[0]}", run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
