"""One request over HTTP: the answer, or an error in a sentence.

The standard library is enough here: it verifies certificates and follows redirects, and resuming is
two headers.
"""

from __future__ import annotations

import ssl
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from http.client import HTTPException, HTTPResponse
from typing import IO
from urllib.error import HTTPError, URLError

from .addresses import check_address, host, is_loopback
from .errors import BusyServerError, CutError, NoNetworkError, RangeError, ServerError, StoreError

TIMEOUT_SECONDS = 30.0
"""Of silence, before a connection counts as cut."""

BUSY = (408, 425, 429, 500, 502, 503, 504)


class Answer:
    """What a server sends."""

    def __init__(self, response: HTTPResponse, address: str) -> None:
        self._response = response
        self._address = address
        self.status = response.status

    def header(self, name: str) -> str:
        """A header, or an empty string."""
        return self._response.headers.get(name, "")

    def read(self, limit: int) -> bytes:
        """What has arrived, at most ``limit`` bytes; empty at the end.

        Raises:
            CutError: the connection broke.
        """
        with _in_sentences(self._address):
            return self._response.read1(limit)


@contextmanager
def get(address: str, headers: dict[str, str], pinned: bool) -> Iterator[Answer]:
    """Ask for ``address``.

    Raises:
        NoNetworkError: nobody there. CutError: somebody, then no more. ServerError: a refusal.
        AddressError: it redirects to where nothing is fetched from.
    """
    handlers: list[urllib.request.BaseHandler] = [_Redirects(pinned)]
    if is_loopback(address):
        handlers.append(urllib.request.ProxyHandler({}))
    opener = urllib.request.build_opener(*handlers)
    request = urllib.request.Request(
        address, headers={"Accept-Encoding": "identity", "User-Agent": "gramarye", **headers}
    )
    with _in_sentences(address):
        response = opener.open(request, timeout=TIMEOUT_SECONDS)
    with response:
        yield Answer(response, address)


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects only to where a file may come from."""

    def __init__(self, pinned: bool) -> None:
        self._pinned = pinned

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message,  # type: ignore[override] (HTTPMessage is one)
        newurl: str,
    ) -> urllib.request.Request | None:
        try:
            check_address(newurl, self._pinned)
        except StoreError:
            fp.close()
            raise
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


@contextmanager
def _in_sentences(address: str) -> Iterator[None]:
    try:
        yield
    except StoreError:
        raise
    except HTTPError as error:
        error.close()
        raise _refusal(error.code, address) from error
    except URLError as error:
        raise _unreached(error.reason, address) from error
    except (OSError, HTTPException) as error:
        raise CutError(
            f"The connection to {host(address)} was cut before the file was whole."
        ) from error


def _refusal(status: int, address: str) -> StoreError:
    if status in (404, 410):
        return ServerError(f"{host(address)} does not have the file ({status}): {address}")
    if status in BUSY:
        return BusyServerError(f"{host(address)} is busy or broken ({status}): try again later.")
    if status == 416:
        return RangeError(f"{host(address)} cannot go on where the last fetch ended.")
    return ServerError(f"{host(address)} refused to send the file ({status}): {address}")


def _unreached(reason: object, address: str) -> StoreError:
    if isinstance(reason, TimeoutError):
        return CutError(f"{host(address)} did not answer in {TIMEOUT_SECONDS:.0f} s.")
    if isinstance(reason, ssl.SSLCertVerificationError):
        return ServerError(
            f"{host(address)} cannot prove that it is who it says, so nothing was fetched: look "
            "at this machine's clock and certificates, or name another mirror."
        )
    return NoNetworkError(
        f"{host(address)} cannot be reached: look at the network connection, "
        "or name a mirror with --mirror."
    )
