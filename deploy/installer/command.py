#!/usr/bin/python3 -I
"""`smart-queue` on an installed machine: as the server's user, with the server's settings and in its folder."""

import os
import pwd
import sys

USER = "smart-queue"
SETTINGS = "/etc/smart-queue/environment"
PROGRAM = "/opt/smart-queue/bin/smart-queue"


def main() -> None:
    """Becomes the program; does not return."""
    if os.geteuid() != 0:
        sys.exit("smart-queue reads the server's settings: use sudo.")
    environment = {name: os.environ[name] for name in ("PATH", "LANG", "TERM", "NO_COLOR") if name in os.environ}
    with open(SETTINGS, encoding="utf-8") as file:  # noqa: PTH123
        for line in file:
            name, sign, value = line.strip().partition("=")
            if sign and not name.startswith(("#", ";")):
                quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
                environment[name.strip()] = value[1:-1] if quoted else value.strip()
    user = pwd.getpwnam(USER)
    os.initgroups(USER, user.pw_gid)
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    os.umask(0o077)
    os.execve(PROGRAM, [PROGRAM, *sys.argv[1:]], environment)  # noqa: S606


if __name__ == "__main__":
    main()
