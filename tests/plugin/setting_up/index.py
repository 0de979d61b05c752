"""A package index of our own on this machine, with stand-ins for what is large."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from gramarye_protocol import __version__

TORCH = {"torch/__init__.py": ""}
TORCHVISION = {
    "torchvision/__init__.py": "from . import ops",
    "torchvision/ops.py": "nms = None",
}
GRAMARYE = {
    "gramarye/__init__.py": "",
    "gramarye/__main__.py": f"print('gramarye, version {__version__}')",
    "gramarye/service/__init__.py": "",
    "gramarye/service/serve.py": "",
}


def wheel(folder: Path, name: str, version: str, files: Mapping[str, str]) -> Path:
    """A wheel with these files."""
    info = f"{name}-{version}.dist-info"
    contents = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{file},{_hash(text)},{len(text)}\n" for file, text in contents.items())
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in contents.items():
            archive.writestr(file, text)
        archive.writestr(f"{info}/RECORD", f"{record}{info}/RECORD,,\n")
    return path


class Index:
    """What an index offers, and how it behaves."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reachable = True
        self.asked: list[str] = []
        self.breaks = False
        """Downloads end in their middle."""
        self.slow: threading.Event | None = None
        """Files are begun, and go on once this is set."""

    def answer(self, path: str, as_json: bool) -> tuple[bytes, str] | None:
        """The body and its type; ``None``: there is no such thing."""
        self.asked.append(path)
        if not self.reachable:
            return None
        parts = [part for part in path.split("/") if part]
        if len(parts) == 2 and parts[0] == "simple":
            found = sorted(self.folder.glob(f"{parts[1].replace('-', '_')}-*.whl"))
            if as_json:
                files = [{"filename": one.name, "url": f"/files/{one.name}"} for one in found]
                text = json.dumps({"name": parts[1], "files": files})
                return text.encode(), "application/vnd.pypi.simple.v1+json"
            links = (f'<a href="/files/{one.name}">{html.escape(one.name)}</a>' for one in found)
            return f"<!DOCTYPE html><body>{''.join(links)}</body>".encode(), "text/html"
        if len(parts) == 2 and parts[0] == "files" and (self.folder / parts[1]).is_file():
            return (self.folder / parts[1]).read_bytes(), "application/octet-stream"
        return None


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, index: Index, *rest: object) -> None:
        self._index = index
        super().__init__(*rest)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        answer = self._index.answer(self.path, "json" in self.headers.get("Accept", "")[:60])
        if answer is None:
            self.send_error(404)
            return
        body, kind = answer
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self._index.slow is not None and self.path.startswith("/files/"):
            self.wfile.write(body[:10])
            self.wfile.flush()
            self._index.slow.wait(60)
            body = body[10:]
        if self._index.breaks and self.path.startswith("/files/"):
            body = body[: len(body) // 2]
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[tuple[Index, str]]:
    """An index with the wheels in a folder; gives its address."""
    index = Index(folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, index))  # type: ignore[arg-type]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield index, f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        if index.slow is not None:
            index.slow.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
