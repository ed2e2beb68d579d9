"""Serve a double of a platform on a port of 127.0.0.1, and let single calls go wrong on the way.

A double is a callable, request → response (httpx), so a test may also use it without a socket.
"""

import threading
from contextlib import contextmanager
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import httpx


def form_of(request):
    """Return the fields of a form (name → list of texts) and its files (name → (file name, type, bytes))."""
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        return _parts_of(kind, request.content)
    return parse_qs(request.content.decode(), keep_blank_values=True), {}


def _parts_of(kind, body):
    fields, files = {}, {}
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    for part in message.iter_parts():
        name, content = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        if part.get_filename() is not None:
            files[name] = (part.get_filename(), part.get_content_type(), content)
        else:
            fields.setdefault(name, []).append(content.decode())
    return fields, files


class Trouble:
    """What happens to the next calls of a path on the way: `drop`, `cut`, `lost` (carried out, no answer), `hang`."""

    def __init__(self):
        self.waiting = {}
        self.ended = threading.Event()

    def put(self, path_end, how):
        self.waiting.setdefault(path_end, []).append(how)

    def take(self, path):
        for path_end, hows in self.waiting.items():
            if path.endswith(path_end) and hows:
                return hows.pop(0)
        return ""


@contextmanager
def serving(double):
    """Serve `double` and set its `address`; its `trouble` says what goes wrong on the way."""
    trouble = double.trouble

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            self.close_connection = True
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            address = f"http://{self.headers['Host']}{self.path}"
            request = httpx.Request(self.command, address, headers=dict(self.headers), content=body)
            how = trouble.take(request.url.path)
            if how == "hang":
                trouble.ended.wait(10)
            if how in {"drop", "hang"}:
                return
            response = double(request)
            if how != "lost":
                self.send(response, is_cut=how == "cut")

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815

        def send(self, response, *, is_cut):
            self.send_response(response.status_code)
            for name, value in response.headers.items():
                if name not in {"content-length", "transfer-encoding", "content-encoding"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(response.content)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(response.content[: len(response.content) // 2] if is_cut else response.content)

        def log_message(self, *_args):
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_args):
            """A client that gave up is no news."""

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    double.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield double
    finally:
        trouble.ended.set()
        server.shutdown()
        server.server_close()


def consent_page(name, allow, deny):
    """A platform's page on which a person allows or denies an app."""
    return httpx.Response(
        200,
        html=f'<h1>{name}</h1><p><a id="allow" href="{_escaped(allow)}">Allow</a> '
        f'<a id="deny" href="{_escaped(deny)}">Deny</a></p>',
    )


def _escaped(address):
    return address.replace("&", "&amp;").replace('"', "&quot;")
