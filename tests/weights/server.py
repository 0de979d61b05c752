"""A real HTTP server on the loopback that serves one file, well or badly as a test wants it."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WAIT_SECONDS = 60
"""Only guards against a hang."""


@dataclass
class Request:
    """What was asked for, and how much of the file was sent in answer."""

    path: str
    range: str
    if_range: str
    sent: int = 0


@dataclass
class Site:
    """What is served, and how."""

    content: bytes
    etag: str = '"one"'
    ranges: bool = True
    says_length: bool = True
    status: int = 200
    kind: str = "application/octet-stream"
    location: str = ""
    cuts: list[int] = field(default_factory=list)
    """For each request to come, after how many bytes its connection is cut."""
    stall_after: int | None = None
    """Send so many bytes, then wait for ``released``."""
    stalled: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)
    requests: list[Request] = field(default_factory=list)
    port: int = 0

    def url(self, path: str = "vgg19.pth") -> str:
        """The file's address."""
        return f"http://127.0.0.1:{self.port}/{path}"


@contextmanager
def serving(content: bytes) -> Iterator[Site]:
    """A server for as long as the block lasts."""
    site = Site(content)

    class Handler(_Handler):
        pass

    Handler.site = site
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        site.released.set()
        server.shutdown()
        server.server_close()
        thread.join(WAIT_SECONDS)


class _Handler(BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        site = self.site
        request = Request(
            self.path, self.headers.get("Range", ""), self.headers.get("If-Range", "")
        )
        site.requests.append(request)
        if site.location or site.status != 200:
            self.send_response(302 if site.location else site.status)
            if site.location:
                self.send_header("Location", site.location)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        start = self._start(request)
        if start is None:
            self.send_error(416)
            return
        body = site.content[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Type", site.kind)
        if site.says_length:
            self.send_header("Content-Length", str(len(body)))
        if site.etag:
            self.send_header("ETag", site.etag)
        if start:
            size = len(site.content)
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        self.end_headers()
        with suppress(ConnectionError):  # a client may leave before the end
            self._send(request, body)
        self.close_connection = True

    def _start(self, request: Request) -> int | None:
        """Zero for the whole file, ``None`` for a range that cannot be had."""
        found = re.fullmatch(r"bytes=(\d+)-", request.range)
        if not found or not self.site.ranges:
            return 0
        if request.if_range and request.if_range != self.site.etag:
            return 0
        start = int(found[1])
        return start if start < len(self.site.content) else None

    def _send(self, request: Request, body: bytes) -> None:
        site = self.site
        stop = site.cuts.pop(0) if site.cuts else len(body)
        first = min(stop, len(body) if site.stall_after is None else site.stall_after)
        self.wfile.write(body[:first])
        request.sent = first
        if site.stall_after is not None:
            site.stalled.set()
            site.released.wait(WAIT_SECONDS)
            return
        self.wfile.write(body[first:stop])
        request.sent = len(body[:stop])

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
