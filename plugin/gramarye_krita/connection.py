"""ZeroMQ in Krita's GUI thread: sockets in, Qt signals out, and nothing here ever waits.

The sockets' descriptors are edge-triggered, so whoever is woken drains until nothing is left, and
whoever sends drains afterwards. A monitor tells when a daemon comes and goes; ZMTP heartbeats let
it notice within 4 seconds one that vanished without a word. A connection that broke is replaced by
a fresh one, over which the session takes up its jobs again.
"""

from __future__ import annotations

import dataclasses
import struct
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import zmq

from gramarye_protocol import (
    HEARTBEAT_MS,
    HEARTBEAT_TIMEOUT_MS,
    MAX_FRAME_BYTES,
    ClientSession,
    Event,
    Failure,
    OutdatedError,
    Plane,
    Settings,
    Status,
    WeightsReport,
    Welcome,
    __version__,
)

from .errors import Refusal
from .model import Daemon, Link
from .qt import QtCore
from .translate import tr

PATIENCE_MS = 1500
"""How long to say "looking" before saying "no daemon answers"; it goes on looking all the same."""

LOADING_POLL_MS = 1000
SLICE_SECONDS = 0.010
"""A drain gives Krita its turn after this long."""

_GONE = zmq.EVENT_DISCONNECTED | zmq.EVENT_CLOSED | zmq.EVENT_CONNECT_RETRIED
_NOT_ZMQ = (
    zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
    | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
    | zmq.EVENT_HANDSHAKE_FAILED_AUTH
)
_WATCHED = zmq.EVENT_HANDSHAKE_SUCCEEDED | _GONE | _NOT_ZMQ


class Connection(QtCore.QObject):
    """One client of one daemon, which may come, go and come again."""

    changed = QtCore.pyqtSignal(object)
    """The daemon is seen differently now: a :class:`~.model.Daemon`."""

    happened = QtCore.pyqtSignal(object)
    """An event of the protocol about a job."""

    weights_told = QtCore.pyqtSignal(object)
    """How the weights stand that the daemon was asked for: a WeightsReport."""

    def __init__(self, artist: str, parent: Any = None) -> None:
        super().__init__(parent)
        self.daemon = Daemon("")
        self._artist = artist
        self._context: Any = None
        self._socket: Any = None
        self._monitor: Any = None
        self._notifiers: list[Any] = []
        self._unsent: deque[Any] = deque()
        self._session = self._new_session()
        self._draining = False
        self._talking = False
        self._known = False
        """Whether a daemon of ours has answered at this address."""
        self._patience = self._timer(PATIENCE_MS, self._give_up_looking, single=True)
        self._loading = self._timer(LOADING_POLL_MS, self._ask_again)

    @property
    def artist(self) -> str:
        """Whose jobs these are."""
        return self._artist

    # --- verbs

    def open(self, address: str) -> None:
        """Connect to this address, and keep trying. An open connection elsewhere is closed, and
        jobs there are no longer followed."""
        if self._socket is not None and address == self.daemon.address:
            return
        self.close()
        self._session = self._new_session()
        self._known = False
        self._see(Daemon(address))
        self._patience.start()
        self._connect()

    def rename(self, artist: str) -> None:
        """Speak for this artist from now on, in a new conversation. Jobs are followed no longer."""
        address = self.daemon.address
        self.close()
        self._artist = artist
        if address:
            self.open(address)

    def close(self) -> None:
        """Drop everything at once; what is unsent stays unsent."""
        self._patience.stop()
        self._disconnect()

    def _connect(self) -> None:
        address = self.daemon.address
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.DEALER)
        for option, value in (
            (zmq.LINGER, 0),
            (zmq.IMMEDIATE, 1),
            (zmq.MAXMSGSIZE, MAX_FRAME_BYTES),
            (zmq.RECONNECT_IVL, 200),
            (zmq.RECONNECT_IVL_MAX, 2000),
            (zmq.HANDSHAKE_IVL, 5000),
            (zmq.HEARTBEAT_IVL, HEARTBEAT_MS),
            (zmq.HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT_MS),
        ):
            self._socket.setsockopt(option, value)
        self._socket.setsockopt(zmq.IPV6, int("[" in address))
        self._monitor = self._socket.get_monitor_socket(_WATCHED)
        self._notifiers = [
            self._notifier(self._socket, self._drain),
            self._notifier(self._monitor, self._drain_monitor),
        ]
        try:
            self._socket.connect(address)
        except zmq.ZMQError as error:
            self._refuse(
                tr(
                    "{address} cannot be used ({reason}). Choose another address.",
                    address=address,
                    reason=error.strerror,
                )
            )
        self._drain_monitor()

    def _disconnect(self) -> None:
        self._loading.stop()
        self._talking = False
        self._unsent.clear()
        if self._socket is None:
            return
        for notifier in self._notifiers:
            notifier.setEnabled(False)
            notifier.deleteLater()
        self._notifiers = []
        self._socket.disable_monitor()
        self._monitor = None  # closed by disable_monitor
        self._socket.close(linger=0)
        self._socket = None
        self._context.term()
        self._context = None

    def submit(self, job: str, settings: Settings, planes: Sequence[tuple[Plane, Any]]) -> None:
        """Send a job; its events follow."""
        self._session.submit(job, settings, planes)
        self._drain()

    def cancel(self, job: str) -> None:
        """Ask the daemon to stop a job; one that is away is asked when it is back."""
        self._session.cancel(job)
        self._drain()

    def keep(self, job: str) -> None:
        """Ask the daemon to stop a job and send the picture as it stands; one that is away is asked
        when it is back.

        Raises:
            Refusal: the daemon is too old.
        """
        self._say(lambda: self._session.keep(job))

    def follow(self, job: str, pixels: bool = True) -> None:
        """Be told about a job of this artist's, and sent its pixels, unless they are not wanted.

        Raises:
            Refusal: the daemon is too old.
        """
        self._say(lambda: self._session.follow(job, pixels))

    def pause(self, job: str) -> None:
        """Ask the daemon to put a job aside. Raises as :meth:`follow` does."""
        self._say(lambda: self._session.pause(job))

    def resume(self, job: str) -> None:
        """Let a paused job go on. Raises as :meth:`follow` does."""
        self._say(lambda: self._session.resume(job))

    def list_jobs(self) -> None:
        """Ask for this artist's jobs; the answer happens. Raises as :meth:`follow` does."""
        self._say(self._session.jobs)

    def _say(self, verb: Callable[[], None]) -> None:
        try:
            verb()
        except OutdatedError as error:
            raise Refusal(error.sentence) from error
        self._drain()

    def received(self, job: str) -> None:
        """Tell the daemon that a result is kept."""
        self._session.received(job)
        self._drain()

    def weights(self, action: str) -> None:
        """Ask the daemon about VGG-19's weights, to get them, or to stop that. An older daemon,
        which knows no such thing, is not asked."""
        try:
            self._session.weights(action=action)
        except OutdatedError:
            return
        self._drain()

    def starting(self) -> None:
        """A daemon was started for this address: say so until it answers."""
        if not self.daemon.ready:
            self._see(dataclasses.replace(self.daemon, link=Link.STARTING))

    def not_starting(self) -> None:
        """The daemon that was started will not answer."""
        if self.daemon.link is Link.STARTING:
            self._see(Daemon(self.daemon.address, Link.ABSENT))

    # --- the socket

    def _drain(self) -> None:
        """Send and receive until neither goes on, or the slice is used up.

        While a large layer is added, Krita's event loop goes on and may call this from within it:
        what comes then waits, lest another layer be added in the midst of this one.
        """
        self._flush()
        if self._draining:
            return
        self._draining = True
        try:
            self._receive()
        finally:
            self._draining = False

    def _receive(self) -> None:
        until = time.monotonic() + SLICE_SECONDS
        while self._socket is not None and self._socket.getsockopt(zmq.EVENTS) & zmq.POLLIN:
            for event in self._session.receive(self._socket.recv_multipart(zmq.NOBLOCK)):
                self._take(event)
            self._flush()
            if time.monotonic() > until:
                QtCore.QTimer.singleShot(0, self._drain)
                return

    def _flush(self) -> None:
        self._unsent.extend(self._session.outgoing())
        while self._unsent and self._socket is not None:
            try:
                self._socket.send_multipart(self._unsent[0], zmq.NOBLOCK)
            except zmq.Again:  # the descriptor wakes us when there is room
                return
            self._unsent.popleft()

    def _take(self, event: Event) -> None:
        if isinstance(event, Welcome | Status):
            self._met(event)
        elif isinstance(event, Failure) and event.job is None:
            self._refuse(event.sentence)
        elif isinstance(event, WeightsReport):
            self.weights_told.emit(event)
        else:
            self.happened.emit(event)

    def _met(self, answer: Welcome | Status) -> None:
        self._known = True
        self._patience.stop()
        self._see(
            Daemon(
                self.daemon.address,
                Link.READY,
                answer.features,
                answer.device,
                answer.notice,
                available=answer.available,
            )
        )
        if self.daemon.loading:
            self._loading.start()
        else:
            self._loading.stop()

    # --- the monitor

    def _drain_monitor(self) -> None:
        while self._monitor is not None and self._monitor.getsockopt(zmq.EVENTS) & zmq.POLLIN:
            event, _ = struct.unpack("=HI", self._monitor.recv_multipart(zmq.NOBLOCK)[0])
            if event == zmq.EVENT_HANDSHAKE_SUCCEEDED:
                self._reached()
            elif event & _GONE or (event & _NOT_ZMQ and self._known):
                self._gone()  # the latter from a daemon that died while it was greeted
            elif event & _NOT_ZMQ:
                self._refuse(
                    tr(
                        "Something else than a Gramarye daemon answers at {address}. "
                        "Choose another address.",
                        address=self.daemon.address,
                    )
                )
        self._drain()

    def _reached(self) -> None:
        """A daemon is there: say hello, and take up what an earlier connection left."""
        self._unsent.clear()
        self._session.again()
        self._talking = True

    def _gone(self) -> None:
        """The daemon left, or an attempt to reach one failed."""
        self._loading.stop()
        lost = self._talking
        self._talking = False
        if lost or self.daemon.link is Link.LOOKING:
            self._patience.stop()
            self._see(Daemon(self.daemon.address, Link.ABSENT))
        if lost:  # what it still said over the old connection must not mix with the new one's
            self._disconnect()
            self._connect()

    # --- small parts

    def _new_session(self) -> ClientSession:
        return ClientSession(f"gramarye-krita {__version__}", self._artist)

    def _give_up_looking(self) -> None:
        if self.daemon.link is Link.LOOKING:
            self._see(Daemon(self.daemon.address, Link.ABSENT))

    def _refuse(self, sentence: str) -> None:
        self._patience.stop()
        self._see(Daemon(self.daemon.address, Link.REFUSED, trouble=sentence))

    def _ask_again(self) -> None:
        self._session.status()
        self._drain()

    def _see(self, daemon: Daemon) -> None:
        if daemon != self.daemon:
            self.daemon = daemon
            self.changed.emit(daemon)

    def _notifier(self, socket: Any, slot: Any) -> Any:
        descriptor = socket.getsockopt(zmq.FD)
        notifier = QtCore.QSocketNotifier(descriptor, QtCore.QSocketNotifier.Type.Read, self)
        notifier.activated.connect(lambda *_: slot())
        return notifier

    def _timer(self, milliseconds: int, slot: Any, single: bool = False) -> Any:
        timer = QtCore.QTimer(self)
        timer.setInterval(milliseconds)
        timer.setSingleShot(single)
        timer.timeout.connect(slot)
        return timer
