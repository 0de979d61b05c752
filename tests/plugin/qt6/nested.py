"""Events of the protocol whose handling lets the event loop go on, as Krita does while it adds a
large layer. Prints in which order they began and ended."""

import json
import sys

import krita
import zmq

import gramarye_krita  # noqa: F401 - before Krita runs, so that it registers nothing

krita.Krita.running = krita.Krita()

from PyQt6 import QtCore  # noqa: E402  # pyright: ignore

from gramarye_krita.connection import Connection  # noqa: E402
from gramarye_protocol import PROTOCOL_VERSION, Failure, Welcome  # noqa: E402
from gramarye_protocol.frames import encode  # noqa: E402

JOBS = ("one", "two", "three")


def main():
    app = QtCore.QCoreApplication(sys.argv)
    context = zmq.Context()
    daemon = context.socket(zmq.ROUTER)
    daemon.linger = 0
    port = daemon.bind_to_random_port("tcp://127.0.0.1")
    connection = Connection("ada")
    order = []

    def happened(event):
        order.append(f"{event.job} begins")
        loop = QtCore.QEventLoop()
        QtCore.QTimer.singleShot(200, loop.quit)
        connection.received("another")  # any verb may come in between, and is sent at once
        loop.exec()
        order.append(f"{event.job} ends")
        if event.job == JOBS[-1]:
            app.quit()

    connection.happened.connect(happened)
    connection.open(f"tcp://127.0.0.1:{port}")
    QtCore.QTimer.singleShot(0, lambda: answer(daemon))
    QtCore.QTimer.singleShot(20_000, app.quit)
    app.exec()
    said = [daemon.recv_multipart(zmq.NOBLOCK)[1] for _ in JOBS]
    connection.close()
    daemon.close()
    context.term()
    print(json.dumps({"order": order, "said": [json.loads(one)["type"] for one in said]}))


def answer(daemon):
    """Hello back, and the ends of some jobs, all at once."""
    while not daemon.poll(0):
        QtCore.QCoreApplication.processEvents()
    client, _ = daemon.recv_multipart()
    for message in (
        Welcome(PROTOCOL_VERSION, "a daemon", features="builtin"),
        *(Failure("cancelled", "It was cancelled.", job) for job in JOBS),
    ):
        daemon.send_multipart([client, *encode(message)])


main()
