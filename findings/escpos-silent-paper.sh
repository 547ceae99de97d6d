#!/usr/bin/env bash
# What python-escpos says of the paper of a printer that says nothing.
#
# Guessed: a printer that is asked and does not answer is "unknown", or an error, and in no case one with paper.
# Seen (python-escpos 3.1): a printer on a serial line that is switched off has `paper_status()` 2, which means
# "adequate"; the same printer has `is_online()` False. A network printer that closes the line without an answer has
# paper, too.
# So ask `is_online()` first, or read the bytes of `query_status()` and take an empty answer for what it is.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-escpos==3.1 pyserial==3.5
cd "$folder"
export ESCPOS_CAPABILITIES_PICKLE_DIR=$folder
venv/bin/python - <<'PYTHON'
import os
import pty
import socket
import threading
import tty
from importlib.metadata import version

from escpos.printer import Network, Serial

print("python-escpos", version("python-escpos"))
ADEQUATE = 2

cable, end = pty.openpty()  # nobody answers at the other end
tty.setraw(cable)
silent = Serial(os.ttyname(end), timeout=0.3)
print("serial, switched off: online", silent.is_online(), "paper", silent.paper_status())
assert not silent.is_online()
assert silent.paper_status() == ADEQUATE

listening = socket.create_server(("127.0.0.1", 0))


def close_without_answer() -> None:
    line, _ = listening.accept()
    line.recv(16)
    line.shutdown(socket.SHUT_WR)


threading.Thread(target=close_without_answer).start()
closing = Network("127.0.0.1", port=listening.getsockname()[1], timeout=5)
paper = closing.paper_status()
print("network, closes the line: paper", paper)
assert paper == ADEQUATE
PYTHON
