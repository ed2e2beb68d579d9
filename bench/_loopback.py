"""A site on 127.0.0.1 that takes articles as our own site does, and counts how often each came."""

import json
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

times: Counter[str] = Counter()
lock = threading.Lock()


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_PUT(self) -> None:
        data = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key = self.path.rpartition("/")[2]
        with lock:
            times[key] += 1
        self.say(201, {
            "key": key, "url": f"http://127.0.0.1/{key}", "published_at": datetime.now(UTC).isoformat(),
            "title": data["title"], "summary": "", "excerpt": "",
        })  # fmt: skip

    def do_GET(self) -> None:
        if self.path == "/counts":
            self.say(200, {"articles": len(times), "most": max(times.values(), default=0), "now": time.time()})
        else:
            self.say(404, {"code": "no_such_article", "detail": "There is no such article."})

    def say(self, status: int, data: dict) -> None:
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True


if __name__ == "__main__":
    server = Server(("127.0.0.1", 0), Answers)
    print(server.server_port, flush=True)
    server.serve_forever()
