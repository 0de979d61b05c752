"""The worker process: holds the device and its networks, and works for one broker.

Started by the daemon as ``python -m gramarye.service.worker MODULE:CALLABLE``, where the callable
makes the studio. One line of JSON on the standard input says where the broker is and with which
keys; when the standard input ends, the broker is gone and so is the worker.
"""

from __future__ import annotations

import importlib
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import zmq

from gramarye_protocol import encode

from .desk import Desk
from .explain import explain
from .log import start_logging
from .orders import Orders
from .tether import end_with_the_daemon


def main(studio: str) -> None:
    """Make the studio and work until the daemon ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the daemon's to handle
    orders = Orders.read(sys.stdin.buffer.readline())
    start_logging(orders.log_level)
    end_with_the_daemon()
    link = _connect(orders)

    def say(message: Any, payload: Any = None) -> None:
        link.send_multipart(encode(message, payload), copy=False)

    def ask(seconds: float | None) -> list[bytes] | None:
        if seconds is not None and not link.poll(round(1000 * seconds)):
            return None
        return link.recv_multipart()

    module, _, name = studio.partition(":")
    weights = Path(orders.weights) if orders.weights else None
    try:
        made = getattr(importlib.import_module(module), name)(orders.device, weights)
        made.warm()
    except Exception as error:
        say(explain(error))
        threading.Event().wait()  # for the daemon, who has read this when it ends us
        raise
    Desk(made, Path(orders.incoming), say, ask).run()


def _connect(orders: Orders) -> zmq.Socket[bytes]:
    link = zmq.Context.instance().socket(zmq.DEALER)
    link.set(zmq.SNDHWM, 0)  # the broker's credit is the bound
    link.set(zmq.RCVHWM, 0)
    link.curve_serverkey = orders.broker_key.encode()
    link.curve_publickey = orders.public_key.encode()
    link.curve_secretkey = orders.secret_key.encode()
    link.connect(orders.address)
    return link


if __name__ == "__main__":
    main(sys.argv[1])
