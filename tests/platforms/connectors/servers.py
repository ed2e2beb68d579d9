"""A real local server that answers like a scripted platform until it is told to misbehave."""

import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx


@contextmanager
def serve(world, *, breaks=lambda request: False, how="hang"):
    """Serve `world` (request → response) on a port of 127.0.0.1; requests that `breaks` picks go wrong.

    `how` is hang (silence), cut (half an answer, then closed), drop (closed without a word) or drip
    (one byte at a time, for ever). Yields the server; `address` is its origin, `asked` its requests.
    """
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            self.close_connection = True
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            address = f"http://{self.headers['Host']}{self.path}"
            request = httpx.Request(self.command, address, headers=dict(self.headers), content=body)
            server.asked.append(f"{self.command} {self.path}")
            if not breaks(request):
                self.send(world(request))
            else:
                getattr(self, how)()

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815

        def send(self, response):
            self.send_response(response.status_code)
            for name, value in response.headers.items():
                if name not in {"content-length", "transfer-encoding", "content-encoding"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(response.content)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(response.content)

        def hang(self):
            ended.wait(10)

        def cut(self):
            self.send_response(201)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "4000")
            self.end_headers()
            self.wfile.write(b'{"id": 12, "uri": "at://did')
            self.wfile.flush()

        def drop(self):
            pass

        def drip(self):
            self.send_response(200)
            self.send_header("Content-Length", "1000000")
            self.end_headers()
            while not ended.is_set():
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.05)

        def log_message(self, *_args):
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        asked: list[str] = []  # noqa: RUF012

        def handle_error(self, request, client_address):
            pass

    server = Server(("127.0.0.1", 0), Handler)
    server.asked = []
    server.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        ended.set()
        server.shutdown()
        server.server_close()
