"""In the place of the clinic's server, beside a screen's machine: hands out a release, and enrols whoever asks.

    python -m tests.chaos.update.handing_out FOLDER CERTIFICATE PORT

What the real one answers is held by `tests/web/test_release.py`.
"""

import json
import ssl
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

KEY = "the-key"


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder: Path

    def do_GET(self) -> None:
        name = self.path.removeprefix("/devices/release").strip("/") or "manifest.json"
        is_known = self.headers["Authorization"] == f"Bearer {KEY}" and (self.folder / name).is_file()
        self._say(200 if is_known else 401, (self.folder / name).read_bytes() if is_known else b"{}")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        is_enrolment = self.path == "/api/v1/devices/enrol"
        self._say(201 if is_enrolment else 503, json.dumps({"key": KEY, "name": "A machine"}).encode())

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is said."""


if __name__ == "__main__":
    Answer.folder = Path(sys.argv[1])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2])
    with ThreadingHTTPServer(("127.0.0.1", int(sys.argv[3])), Answer) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.serve_forever()
