"""Whose turn it is, on which device and for how long: deficit round-robin across artists.

M. Shreedhar and G. Varghese, "Efficient Fair Queuing Using Deficit Round Robin", SIGCOMM 1995, with
device seconds for bytes and several devices for the one link. Jobs can be interrupted where packets
cannot, so a turn ends with its quantum; what a slice overruns until the next tile or evaluation is
the artist's debt. docs/scheduling.md has the rule in plain words.

Everything here is a pure function of its arguments: no clock, no chance, no memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from .standing import QUANTUM, Decision, Device, End, Entry, Help, Round, Slice, Snapshot, Start

LEAST = QUANTUM / 4
"""A turn with fewer seconds left is over: what is left goes to the artist's next one."""
LARGE = 5 * QUANTUM
"""Seconds left from which on a canvas is worth being helped with."""


def decide(snapshot: Snapshot, turns: Round, now: float) -> Decision:
    """What every device should do next.

    Ask whenever a job arrives, ends, is paused, resumed or reordered, when a device becomes ready,
    gives a job back or is lost, and at :attr:`Decision.until`. The next snapshot must show what was
    ordered: a started job on its device, and not among those who wait.
    """
    table = _Table(snapshot, turns, now)
    table.fill_idle_devices()
    table.end_paused()
    table.end_for_others()
    table.end_for_previews()
    table.end_for_own()
    return table.decision()


def misfits(snapshot: Snapshot) -> tuple[Entry, ...]:
    """The waiting jobs that no device has the memory for: they would wait for ever."""
    most = max((device.memory for device in snapshot.devices), default=0)
    return tuple(entry for line in snapshot.waiting.values() for entry in line if entry.need > most)


def lend(snapshot: Snapshot) -> tuple[Help, ...]:
    """Idle devices that should help with the tiles of the one large canvas, after :func:`decide`.

    Only while nothing waits and exactly one large job runs. A device that helps counts as idle: it
    is taken away from the canvas as soon as it is told to start a job.
    """
    running = [device.job for device in snapshot.devices if device.job is not None]
    large = [entry for entry in running if _worth_helping(entry)]
    if snapshot.waiting or len(large) != 1:
        return ()
    [canvas] = large
    idle = [device for device in snapshot.devices if device.job is None]
    able = [device for device in idle if canvas.tile_memory <= device.memory]
    return tuple(Help(device.id, canvas.id) for device in able[: canvas.tiles - 1])


def _worth_helping(entry: Entry) -> bool:
    left = LARGE if entry.seconds is None else entry.seconds - entry.served
    return entry.tiles > 1 and left >= LARGE and not entry.paused


class _Table:
    """A working copy of the round, for the time of one decision."""

    def __init__(self, snapshot: Snapshot, turns: Round, now: float) -> None:
        self._now = now
        self._waiting = snapshot.waiting
        self._devices = {device.id: device for device in snapshot.devices}
        self._number = turns.number
        self._ring = list(turns.ring)
        self._due = dict(turns.due)
        self._deficits = dict(turns.deficits)
        self._slices = dict(turns.slices)
        self._taken: set[str] = set()
        self._orders: list[Start | End] = []
        self._moments: list[float] = []
        self._promised: list[tuple[Device, Entry]] = []
        self._close_slices()
        self._open_slices()
        self._update_ring()
        self._held = Counter(s.artist for s in self._slices.values() if not s.spare)

    def decision(self) -> Decision:
        """The outcome."""
        present = {*self._ring, *(s.artist for s in self._slices.values())}
        due = {artist: number for artist, number in self._due.items() if artist in present}
        deficits = {artist: left for artist, left in self._deficits.items() if artist in present}
        turns = Round(self._number, tuple(self._ring), due, deficits, self._slices)
        if self._ring:
            self._moments += [s.ends for s in self._slices.values() if not s.ending]
        until = min((moment for moment in self._moments if moment > self._now), default=None)
        return Decision(tuple(self._orders), turns, until)

    # --- what happened since the last decision

    def _close_slices(self) -> None:
        for device_id, slice_ in list(self._slices.items()):
            device = self._devices.get(device_id)
            if device is not None and device.job is not None and device.job.id == slice_.job:
                continue
            del self._slices[device_id]
            heir = slice_.heir
            if device is not None and heir is not None and heir.artist != slice_.artist:
                self._promised.append((device, heir))
            if slice_.spare:
                continue
            # Past its end and not told to end, it used time that nobody else wanted.
            if slice_.ending or slice_.ends > self._now:
                left = self._deficits.get(slice_.artist, 0.0) + slice_.ends - self._now
                self._deficits[slice_.artist] = min(left, QUANTUM)
            self._to_the_end(slice_.artist)

    def _open_slices(self) -> None:
        """Take over jobs that run without having been started here."""
        for device in self._devices.values():
            if device.job is not None and device.id not in self._slices:
                self._slices[device.id] = Slice(
                    device.job.artist, device.job.id, self._now, self._now + QUANTUM
                )

    def _update_ring(self) -> None:
        present = set(self._ring)
        new = [artist for artist in self._waiting if artist not in present]
        new.sort(key=lambda artist: min(entry.arrival for entry in self._waiting[artist]))
        # Newcomers wait for everybody who waits already, and for nobody's second turn.
        running = {slice_.artist for slice_ in self._slices.values() if not slice_.spare}
        first = min((self._next(artist) for artist in running), default=self._number + 1)
        for artist in new:
            self._due.setdefault(artist, min(first, self._number + 1))
        self._ring = [artist for artist in self._ring if artist in self._waiting] + new

    # --- idle devices

    def fill_idle_devices(self) -> None:
        """Start jobs until no idle device is left, or none that a waiting job fits."""
        for device, entry in self._promised:
            if device.id not in self._slices and self._waits(entry):
                self._start(self._first(entry.artist, device) or entry, device, spare=False)
        idle = [device for device in self._devices.values() if device.id not in self._slices]
        for patient in (True, False):
            while idle and (turn := self._turn(idle, self._ring, patient)):
                self._start(*turn, spare=not patient)
                idle.remove(turn[1])
        self._ring = [artist for artist in self._ring if any(self._remaining(artist))]

    def _start(self, entry: Entry, device: Device, spare: bool) -> None:
        quantum = QUANTUM
        if not spare:
            budget = self._budget(entry.artist)
            quantum = max(LEAST, budget)
            if not self._unfinished(entry.artist):
                self._count_turn(entry.artist)
            self._deficits[entry.artist] = budget - quantum
            self._held[entry.artist] += 1
        self._taken.add(entry.id)
        self._slices[device.id] = Slice(
            entry.artist, entry.id, self._now, self._now + quantum, spare=spare
        )
        self._orders.append(Start(device.id, entry.id, quantum, device.moves(entry)))

    # --- running slices

    def end_paused(self) -> None:
        """Take paused jobs off their devices, and see who comes next on those that are given back.

        From here on a job that a device is being freed for counts as served there.
        """
        for device_id, slice_ in self._slices.items():
            job = self._devices[device_id].job
            if job is not None and job.paused and not slice_.ending:
                self._end(device_id, None)
        unclaimed = []
        for device_id, slice_ in self._slices.items():
            if slice_.ending and slice_.heir is not None and self._waits(slice_.heir):
                self._bequeath(slice_, slice_.heir)
            elif slice_.ending:
                unclaimed.append((slice_, self._devices[device_id]))
        for slice_, device in unclaimed:
            order = sorted(self._ring, key=self._order)
            heirs = (heir for a in order if (heir := self._first(a, device)) is not None)
            self._bequeath(slice_, next(heirs, None))

    def end_for_others(self) -> None:
        """End slices whose quantum is over for artists who have no more devices than that."""
        over = [
            (-self._held[slice_.artist], -self._next(slice_.artist), slice_.ends, device_id)
            for device_id, slice_ in self._slices.items()
            if slice_.ends <= self._now and not slice_.ending
        ]
        for *_, device_id in sorted(over):
            slice_ = self._slices[device_id]
            others = [artist for artist in self._ring if artist != slice_.artist]
            if not others:
                continue  # nobody wants it: it goes on, and ends at once for who comes
            if not slice_.spare:
                others = [artist for artist in others if self._precedes(artist, slice_.artist)]
            turn = self._turn([self._devices[device_id]], others, patient=True, once=True)
            if turn:
                self._end(device_id, turn[0])
            else:
                self._slices[device_id] = replace(slice_, ends=self._now + QUANTUM)
                if not slice_.spare:
                    self._count_turn(slice_.artist)

    def end_for_previews(self) -> None:
        """Interrupt a turn for another artist's preview that is the very next to run.

        So it waits no longer than about as long as it takes itself, and the interrupted turn goes
        on right after it.
        """
        running = [
            (slice_.began, device_id)
            for device_id, slice_ in self._slices.items()
            if not slice_.ending and slice_.ends > self._now
        ]
        for artist in sorted(self._ring, key=self._order):
            preview = next(iter(self._remaining(artist)), None)
            if preview is None:
                continue
            if self._unfinished(artist) or self._budget(artist) < LEAST:
                return
            if preview.seconds is None or not preview.small:
                return
            for began, device_id in sorted(running):
                slice_ = self._slices[device_id]
                if not self._devices[device_id].takes(preview) or slice_.ending:
                    continue
                if slice_.artist == artist or not self._precedes(artist, slice_.artist):
                    continue
                moment = began + max(LEAST, preview.seconds)
                if moment <= self._now:
                    self._end(device_id, preview)
                else:
                    self._moments.append(moment)
                break
            else:
                return

    def end_for_own(self) -> None:
        """End slices for jobs of the same artist that go before them."""
        running: dict[str, list[tuple[Entry, Device]]] = {}
        for device_id, slice_ in self._slices.items():
            device = self._devices[device_id]
            if device.job is not None and not slice_.ending and slice_.artist in self._waiting:
                running.setdefault(slice_.artist, []).append((device.job, device))
        for artist, jobs in running.items():
            jobs.sort(key=lambda job: job[0].place, reverse=True)
            for job, device in jobs:
                heir = self._first(artist, device)
                if heir is not None and heir.place < job.place:
                    self._end(device.id, heir)

    def _end(self, device_id: str, heir: Entry | None) -> None:
        slice_ = self._slices[device_id]
        # What ran past the quantum until now was not wanted; from now on it is.
        ends = max(slice_.ends, self._now)
        self._slices[device_id] = replace(slice_, ends=ends, ending=True, heir=heir)
        self._orders.append(End(device_id, slice_.job))
        if heir is not None:
            self._bequeath(slice_, heir)

    def _bequeath(self, slice_: Slice, heir: Entry | None) -> None:
        """Count a device that is being freed as that of the job for which it is."""
        self._held[slice_.artist] -= not slice_.spare
        if heir is not None:
            self._taken.add(heir.id)
            self._held[heir.artist] += 1

    # --- turns

    def _turn(
        self,
        devices: Sequence[Device],
        artists: Iterable[str],
        patient: bool,
        once: bool = False,
    ) -> tuple[Entry, Device] | None:
        """Whose turn it is on one of ``devices``: the job and the device for it.

        Unfinished turns come first, then who is due first, then who has the fewest devices. An
        artist whose turn comes while in debt is given a quantum and passed over; ``once``: not
        again until somebody is out of debt. ``patient``: an artist's first job is waited for where
        it does not fit, and keeps the artist's place.
        """
        order = sorted(artists, key=self._order)
        while True:
            indebted = False
            for artist in order:
                match = self._match(artist, devices, patient)
                if match is None:
                    continue
                if not patient or self._budget(artist) >= LEAST:
                    return match
                self._deficits[artist] += QUANTUM
                self._count_turn(artist)
                indebted = True
            if once or not indebted:
                return None

    def _match(
        self, artist: str, devices: Sequence[Device], patient: bool
    ) -> tuple[Entry, Device] | None:
        """An artist's next job with a device for it: where it lies warm, or the smallest."""
        for entry in self._remaining(artist):
            able = [device for device in devices if device.takes(entry)]
            if able:
                return entry, min(able, key=lambda d: (entry.id not in d.warm, d.memory, d.id))
            if patient:
                return None
        return None

    def _first(self, artist: str, device: Device) -> Entry | None:
        match = self._match(artist, [device], patient=False)
        return match[0] if match else None

    def _remaining(self, artist: str) -> Iterable[Entry]:
        return (entry for entry in self._waiting[artist] if entry.id not in self._taken)

    def _waits(self, entry: Entry) -> bool:
        line = self._remaining(entry.artist) if entry.artist in self._waiting else ()
        return any(other.id == entry.id for other in line)

    def _unfinished(self, artist: str) -> bool:
        return self._deficits.get(artist, 0.0) >= LEAST

    def _budget(self, artist: str) -> float:
        """Seconds of the turn that an artist would have now."""
        left = self._deficits.get(artist, 0.0)
        return left if left >= LEAST else left + QUANTUM

    def _order(self, artist: str) -> tuple[bool, int, int]:
        return not self._unfinished(artist), self._next(artist), self._held[artist]

    def _next(self, artist: str) -> int:
        """The round of an artist's next turn.

        Who had to wait for a device with enough memory is owed no more than one round.
        """
        return max(self._due.get(artist, self._number + 1), self._number - 1)

    def _precedes(self, artist: str, running: str) -> bool:
        """Whether an artist should have a device of another one, whose quantum there is over."""
        fewer = self._held[artist] < self._held[running]
        return fewer and self._next(artist) <= self._next(running)

    def _count_turn(self, artist: str) -> None:
        number = self._next(artist)
        self._number = max(self._number, number)
        self._due[artist] = number + 1
        self._to_the_end(artist)

    def _to_the_end(self, artist: str) -> None:
        if artist in self._ring:
            self._ring.remove(artist)
            self._ring.append(artist)
