#!/usr/bin/env bash
# Where python-escpos keeps its cache of printer profiles, in a process that starts anew for each job.
#
# Guessed: with ESCPOS_CAPABILITIES_PICKLE_DIR set, the package uses that folder and makes no other; importing it does
# not touch the program's logging.
# Seen (python-escpos 3.1): the default is computed whether it is needed or not, so that every import leaves one more
# empty folder in the temporary directory, and a machine that prints from short processes fills up. The import also
# gives the root logger a handler, so that a later `logging.basicConfig(…)` of the program does nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-escpos==3.1
mkdir "$folder/tmp" "$folder/cache"
for _ in 1 2 3; do
  TMPDIR=$folder/tmp ESCPOS_CAPABILITIES_PICKLE_DIR=$folder/cache "$folder/venv/bin/python" -c 'import escpos.capabilities'
done
left=$(find "$folder/tmp" -mindepth 1 -maxdepth 1 -type d | wc -l)
echo "folders left in the temporary directory after three imports: $left; files in the named one: $(ls "$folder/cache" | wc -l)"
[[ $left == 3 ]]
[[ $(ls "$folder/cache" | wc -l) == 1 ]]
ESCPOS_CAPABILITIES_PICKLE_DIR=$folder/cache "$folder/venv/bin/python" - <<'PYTHON'
import logging

import escpos.capabilities  # noqa: F401

print("handlers of the root logger after the import:", logging.getLogger().handlers)
assert logging.getLogger().handlers
PYTHON
