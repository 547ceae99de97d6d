#!/bin/sh
# Smart Queue @VERSION@: everything that a clinic's server needs, without the internet.
#   sudo sh @NAME@            installs it on Debian 12 or 13, or updates what is installed
#   sudo sh @NAME@ --help     flags instead of questions
set -eu
if ! command -v python3 >/dev/null; then
  echo "Python is not installed here; it comes with Debian: apt install python3" >&2
  exit 1
fi
if [ "$(tail -c +@START@ "$0" | sha256sum | cut -d ' ' -f 1)" != "@SUM@" ]; then
  echo "$0 is damaged: copy it again." >&2
  exit 1
fi
folder=$(mktemp -d /var/tmp/smart-queue.XXXXXXXX)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
tail -c +@START@ "$0" | tar -xf - -C "$folder"
PYTHONPATH=$folder PYTHONDONTWRITEBYTECODE=1 python3 -m installer "$@"
exit $?
