"""The receiver of alerts: takes Alertmanager's webhooks and keeps each as a line of JSON."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

LARGEST_BYTES = 8 * 1024 * 1024


class Receiver:
    """A web server in a thread; a webhook to /NAME is a delivery to the receiver of that name."""

    def __init__(self, port: int, file: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.file = file
        self._lock = threading.Lock()
        file.touch()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="receiver", daemon=True)
        self._thread.start()

    def delivered(self) -> list[dict[str, Any]]:
        """Everything that was delivered so far, oldest first: receiver, time, and the webhook's body."""
        with self._lock:
            return [json.loads(line) for line in self.file.read_text(encoding="utf-8").splitlines()]

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _keep(self, name: str, body: Any) -> None:
        line = json.dumps({"receiver": name, "at": time.time(), "body": body})
        with self._lock, self.file.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", "0"))
                try:
                    if length > LARGEST_BYTES:
                        raise ValueError(f"{length} bytes")
                    receiver._keep(self.path.strip("/"), json.loads(self.rfile.read(length)))
                except ValueError as error:
                    self.send_error(400, str(error))
                    return
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass  # every delivery is kept whole

        return Handler
