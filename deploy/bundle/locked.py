"""What a lock file names for another machine than this one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from packaging.markers import Marker

#: Debian 12, 13 and Raspberry Pi OS have glibc 2.36 and newer; a wheel may ask for any that is older.
_GLIBC = range(17, 37)
_ENTRY = re.compile(
    r"^(?P<pin>[\w.\[\],-]+==[^\s;]+)(?: ; (?P<marker>[^\\]+?))?(?P<hashes> \\\n(?:    --hash=.+\n)+)", re.M
)


@dataclass(frozen=True)
class Target:
    """A machine, such as `x86_64`, with a Python, such as `3.12`."""

    machine: str
    python: str

    @property
    def pip_flags(self) -> list[str]:
        """What makes pip choose wheels for it."""
        platforms = [f"manylinux_2_{minor}_{self.machine}" for minor in reversed(_GLIBC)]
        platforms += [f"manylinux2014_{self.machine}", f"linux_{self.machine}"]
        flags = [f"--platform={name}" for name in platforms]
        return [*flags, "--implementation=cp", f"--python-version={self.python}", "--only-binary=:all:"]

    @property
    def facts(self) -> dict[str, str]:
        """What markers may ask of it."""
        return {
            "python_version": self.python,
            "python_full_version": f"{self.python}.0",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "platform_machine": self.machine,
            "platform_system": "Linux",
            "sys_platform": "linux",
            "os_name": "posix",
            "extra": "",
        }


def requirements(lock: str, target: Target) -> str:
    """The lines of the lock that count for the target, with their hashes and without conditions.

    pip weighs a lock's conditions for the Python that it runs in itself, whatever it is asked to download for.
    """
    found = _ENTRY.finditer(lock)
    return "".join(
        f"{one['pin']}{one['hashes']}"
        for one in found
        if one["marker"] is None or Marker(one["marker"]).evaluate(target.facts)
    )


def only(lock: str, name: str) -> str:
    """The one package's lines of the lock. Raises `KeyError`."""
    for one in _ENTRY.finditer(lock):
        if one["pin"].startswith(f"{name}=="):
            return f"{one['pin']}{one['hashes']}"
    raise KeyError(name)
