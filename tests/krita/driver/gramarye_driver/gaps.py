"""Who held Krita's window up, and for how long: a call of libkis, our own code, or Krita itself.

Every public method of libkis is wrapped, and a profile function sees the GUI thread's Python begin,
leave and return. A stretch of our own code reaches from where Krita calls us, or a call of libkis
returns, to where libkis is called again, or we return; what of Qt we call there counts as ours.
What the tracing itself costs is measured first, and taken off.
"""

import sys
import time
from collections import defaultdict
from importlib import import_module

from gramarye_krita.qt import Qt, QtCore

TICK_MS = 5
_CLASSES = (
    "Krita", "Document", "Node", "GroupLayer", "Selection", "View", "Window", "Canvas",
)  # fmt: skip
_DRIVER = ("gramarye_driver", "/scenarios/")
"""In the paths of code that only tests run."""
_OURS = ("gramarye_krita", "gramarye_protocol")


class Gaps(QtCore.QObject):
    """Watches from :meth:`start` to :meth:`stop`; :meth:`phase` opens another row of the table."""

    def __init__(self):
        super().__init__()
        self.calls = defaultdict(list)
        """(phase, method) → seconds of each call that our own code made."""
        self.own = defaultdict(list)
        """Phase → (seconds, where it began, where it ended) of our own code's stretches."""
        self.gaps = {}
        """Phase → the longest time between two turns of the event loop: seconds, and of these in
        libkis and in our own code."""
        self.entered = defaultdict(int)
        """Phase and method → how often Python was called from within a call of libkis: Krita lets
        its event loop go on in some of them."""
        self._phase = ""
        self._inside = ""
        self._ours = False
        self._since, self._from = 0.0, ""
        self._events, self._cost = 0, 0.0
        self._spent = {"libkis": 0.0, "own": 0.0}
        self._timer = QtCore.QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)

    def start(self):
        krita = import_module("krita")
        for name in _CLASSES:
            one = getattr(krita, name)
            hasattr(one, "filled")  # sip fills a class when it is first asked for anything
            wrapped = [method for method, what in vars(one).items() if _is_method(method, what)]
            for method in wrapped:
                self._wrap(one, method)
        self._cost = self._cost_of_an_event()
        sys.setprofile(self._profile)

    def stop(self):
        sys.setprofile(None)
        self._timer.stop()

    def phase(self, name):
        self._phase = name
        self.forget()
        self._timer.start()

    def forget(self):
        """What was between the last tick and now is nobody's gap."""
        self._last = time.perf_counter()
        self._spent = dict.fromkeys(self._spent, 0.0)

    def _cost_of_an_event(self):
        """In seconds: what many small calls take longer while they are seen."""
        plain = _seconds(_many_calls)
        sys.setprofile(self._profile)
        seen = _seconds(_many_calls)
        sys.setprofile(None)
        return max(0.0, seen - plain) / self._events

    # --- the event loop

    def _tick(self):
        now = time.perf_counter()
        gap = now - self._last
        if gap > self.gaps.get(self._phase, (0.0,))[0]:
            libkis = gap if self._inside else self._spent["libkis"]
            self.gaps[self._phase] = (gap, libkis, self._spent["own"])
        self.forget()

    # --- libkis

    def _wrap(self, one, method):
        original = getattr(one, method)
        name = f"{one.__name__}.{method}"

        def timed(*given):
            if self._inside or not self._ours:
                return original(*given)
            self._cut(sys._getframe(1))
            self._inside = name
            began = time.perf_counter()
            try:
                return original(*given)
            finally:
                ended = time.perf_counter()
                self._inside = ""
                self.calls[self._phase, name].append(ended - began)
                self._spent["libkis"] += ended - max(began, self._last)
                self._begin(name)

        setattr(one, method, timed)

    # --- our own code

    def _profile(self, frame, event, _):
        self._events += 1
        if self._inside and event == "call" and frame.f_back.f_code.co_name == "timed":
            self.entered[self._phase, self._inside] += 1
        if frame.f_back is not None or self._inside:
            return
        if event == "call":
            path = frame.f_code.co_filename
            self._ours = not any(part in path for part in _DRIVER)
            self._begin(_place(frame))
        elif event == "return" and self._ours:
            self._cut(frame)
            self._ours = False

    def _begin(self, where):
        self._since, self._from, self._events = time.perf_counter(), where, 0

    def _cut(self, frame):
        spent = time.perf_counter() - self._since - self._events * self._cost
        self._spent["own"] += spent
        self.own[self._phase].append((spent, self._from, _place(frame)))


def _many_calls():
    return sum(max(one, 0) for one in range(100_000))


def _seconds(work):
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _is_method(name, what):
    return type(what).__name__ == "methoddescriptor" and not name.startswith("_")


def _place(frame):
    """``canvas/reading.py:53 read`` of the innermost frame that is the plugin's own."""
    at = frame
    while at.f_back is not None and not any(name in at.f_code.co_filename for name in _OURS):
        at = at.f_back
    code = at.f_code
    path = code.co_filename
    for name in _OURS:
        path = path.rpartition(f"{name}/")[2]
    return f"{path}:{at.f_lineno} {code.co_name}"
