"""One worker process and the encrypted link to it."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zmq

from .cores import PATIENT
from .doorkeeper import DOMAIN, Doorkeeper
from .orders import Orders

STOP_SECONDS = 5.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class WorkerOptions:
    """How workers are made: ``studio`` is ``module:callable``, given the device and weights; what
    comes of jobs is written to ``incoming``. ``threads``: so many on the processor (``None``: its
    own choice)."""

    studio: str
    device: str
    weights: Path | None
    log_level: str
    incoming: Path
    threads: int | None = None


class WorkerProcess:
    """A running worker, until :meth:`stop`."""

    def __init__(
        self,
        context: zmq.Context[zmq.Socket[bytes]],
        doorkeeper: Doorkeeper,
        options: WorkerOptions,
    ) -> None:
        self.broker_key, broker_secret = zmq.curve_keypair()
        """The public key that the worker knows the broker by."""
        worker_public, worker_secret = zmq.curve_keypair()
        self._key = worker_public
        self._doorkeeper = doorkeeper
        doorkeeper.keys.add(worker_public)
        self.link = context.socket(zmq.DEALER)
        self.link.set(zmq.SNDHWM, 0)  # the worker's credit is the bound
        self.link.set(zmq.RCVHWM, 0)
        self.link.set(zmq.ZAP_DOMAIN, DOMAIN.encode())
        self.link.curve_server = True
        self.link.curve_publickey = self.broker_key
        self.link.curve_secretkey = broker_secret
        self.link.bind("tcp://127.0.0.1:*")
        orders = Orders(
            self.link.get_string(zmq.LAST_ENDPOINT),
            self.broker_key.decode(),
            worker_public.decode(),
            worker_secret.decode(),
            options.device,
            str(options.weights) if options.weights else None,
            options.log_level,
            str(options.incoming),
        )
        self._process = subprocess.Popen(
            [sys.executable, "-m", "gramarye.service.worker", options.studio],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,  # the daemon's own says one line only
            env={**PATIENT, **os.environ, "PYTHONSAFEPATH": "1", **_threads(options.threads)},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(orders.line())
        except BrokenPipeError:
            _log.warning("the worker ended before it read its orders")

    @property
    def end(self) -> int | None:
        """How the process ended: its exit code, minus a signal's number; ``None`` if it runs."""
        return self._process.poll()

    def receive(self) -> Iterator[list[bytes]]:
        """Every message that is here."""
        while self.link.poll(0):
            yield self.link.recv_multipart()

    def send(self, frames: list[Any]) -> None:
        """Send a message; nowhere if the worker has just died, which :attr:`end` will tell."""
        try:
            # Uncopied, as everywhere here: a plane's bytes do not change once they are whole.
            self.link.send_multipart(frames, zmq.NOBLOCK, copy=False)
        except zmq.Again:
            _log.warning("the worker is gone; a message to it is lost")

    def kill(self) -> None:
        """End the process now, whatever it does."""
        self._process.kill()

    def stop(self) -> None:
        """Let the process end by itself, or end it; it is gone afterwards."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            self._process.wait()
        self.link.close(linger=0)
        self._doorkeeper.keys.discard(self._key)


def _threads(count: int | None) -> dict[str, str]:
    """What torch reads when it is loaded; the user's own word counts for more."""
    return {"OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", str(count))} if count else {}
