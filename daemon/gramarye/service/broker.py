"""What the daemon says to whom, and when: clients, jobs and workers, without a socket.

The caller hands in what arrived (:meth:`Broker.receive`, :meth:`Broker.worker_receive`,
:meth:`Broker.vanished`, …), and sends what :meth:`Broker.letters` and :meth:`Broker.to_worker`
yield. A job belongs to an artist: nobody else can follow, cancel or fetch it. What an artist
is told about a job was written down before (:mod:`.ledger`).
"""

from __future__ import annotations

import json
import logging
import math
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from gramarye_protocol import (
    CAPABILITIES,
    PROTOCOL_VERSION,
    Accepted,
    Cancel,
    Chunk,
    Credit,
    Drain,
    Failure,
    FetchWeights,
    Follow,
    GarbageError,
    Hello,
    JobList,
    JobsRequest,
    Keep,
    Message,
    Pause,
    Prioritise,
    ProtocolError,
    Received,
    Result,
    Resume,
    Seen,
    Standing,
    Status,
    StatusRequest,
    Submit,
    VersionError,
    Welcome,
    __version__,
    decode,
)
from gramarye_protocol.checks import build

from .audience import Audience
from .crew import Crew
from .errors import RefusedError, ServiceError
from .jobs import NAMELESS, Job, report
from .ledger import Ledger
from .library import Fetches, Library
from .limits import Limits
from .post import Letter, Post
from .shifts import Shifts
from .store.errors import NoSuchJobError
from .store.lifecycle import State
from .store.quota import KEEP_HOURS
from .store.records import Job as Record
from .store.store import Store
from .uploads import SettlesParts, Uploads

SOFTWARE = f"gramarye {__version__}"
STALL_SECONDS = 300.0
"""A nameless client's upload that stands still for so long is given up."""
PROBE_SECONDS = 5.0
"""A client that was told nothing for so long is told the status: that finds the dead ones."""
EXPIRY_SECONDS = 60.0
"""So often is looked for what was kept for long enough."""
RETRY_SECONDS = 0.5
"""So often is tried again what the disk refused."""
PAGE = 50
"""Jobs in one message of a list: with long sentences they fit into a header."""

_ENDED = {
    State.CANCELLED: ("cancelled", "The job was cancelled."),
    State.EXPIRED: (
        "expired",
        "The result was kept for as long as this daemon keeps one, and is gone. "
        "Send the job again under a new id.",
    ),
}

_log = logging.getLogger(__name__)


class Broker:
    """The daemon's decisions about clients; those about workers are the :class:`.Shifts`'."""

    def __init__(
        self,
        store: Store,
        settler: SettlesParts,
        devices: Sequence[str],
        limits: Limits | None = None,
        keep_hours: float = KEEP_HOURS,
        idle_minutes: float | None = None,
        fetcher: Fetches | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._limits = limits or Limits()
        self._keep_seconds = 3600 * keep_hours
        self._clock = clock
        self._started = clock()
        self._next_expiry = self._next_retry = clock()
        self._post = Post(clock)
        self._artists: dict[bytes, str] = {}
        self._audience = Audience(self._post)
        self._ledger = Ledger(store, clock)
        self._uploads = Uploads(
            self._ledger, self._post, settler, clock, self._accepted, self._fail
        )
        crew = Crew(devices, lambda job: job.errand(store.blobs), clock)
        self.shifts = Shifts(crew, self._ledger, self._audience, self, clock, idle_minutes)
        self._library = Library(fetcher, self._post, self.shifts.look_again)
        for job in self._ledger.nameless():  # of a daemon that ended before they did
            self._cancel(job)

    # --- clients

    def receive(self, client: bytes, frames: Sequence[Any]) -> None:
        """Take one message from a client, whatever it holds."""
        try:
            message, payload = decode(frames)
            self._handle(client, message, payload)
        except ProtocolError as error:
            job = self._ledger.find(self._artists.get(client, ""), error.job or "")
            if job is not None and job.state is State.UPLOADING:
                self._fail(job, error.code, error.sentence)
            else:
                failure = Failure(error.code, error.sentence, error.job)
                self._post.say(client, failure, droppable=True)
        except ServiceError as error:
            self._post.say(client, Failure(error.code, error.sentence), droppable=True)

    def vanished(self, client: bytes) -> None:
        """A client is gone. Its jobs go on, unless nobody could ever ask for them."""
        if client in self._post:
            self._post.remove(client)
            artist = self._artists.pop(client)
            self._audience.leave(client)
            self._library.leave(client)
            _log.info("a client vanished; %d are left", len(self._post))
            if artist.startswith(NAMELESS):
                for job in [job for job in self._ledger if job.artist == artist]:
                    self._cancel(job)
                self.shifts.direct()

    @property
    def in_use(self) -> bool:
        """Whether a client is connected."""
        return len(self._post) > 0

    def letters(self) -> Iterator[Letter]:
        """What to send to clients now, oldest first."""
        return self._post.letters()

    def _handle(self, client: bytes, message: Message, payload: Any) -> None:
        if isinstance(message, Hello):
            self._hello(client, message)
        elif client not in self._post:
            raise RefusedError("hello", "This conversation has no hello yet. Connect again.")
        elif isinstance(message, StatusRequest):
            self._post.say(client, self.status(), droppable=True)
        elif isinstance(message, JobsRequest):
            self._list(client, message)
        elif isinstance(message, FetchWeights):
            self._library.ask(client, message)
        elif isinstance(message, Drain):
            _log.info("a client asks for the end, once what runs is done")
            self.shifts.drain()
            self.tell_status()
        elif isinstance(
            message,
            Submit | Follow | Cancel | Keep | Pause | Resume | Prioritise | Received | Seen | Chunk
            | Credit,
        ):  # fmt: skip
            try:
                self._about_job(client, message, payload)
            except ProtocolError as error:
                error.job = message.job
                raise
            except ServiceError as error:
                ended = not isinstance(message, Keep | Pause | Resume | Prioritise)
                failure = Failure(error.code, error.sentence, message.job, ended)
                self._post.say(client, failure)
        else:
            raise GarbageError(f"a client does not send {message.TYPE}")

    def _hello(self, client: bytes, hello: Hello) -> None:
        if PROTOCOL_VERSION not in hello.versions:
            theirs = ", ".join(map(str, hello.versions)) or "no version"
            raise VersionError(theirs, PROTOCOL_VERSION)
        if client not in self._post and len(self._post) >= self._limits.clients:
            raise RefusedError("busy", "Too many clients are connected. Try again later.")
        self._post.add(client)
        # Who has no name is an artist of their own, whose name nobody can take.
        nameless = self._artists.get(client, f"{NAMELESS}{uuid.uuid4().hex}")
        self._artists[client] = f"={hello.artist}" if hello.artist else nameless
        self._post.say(client, self._welcome())
        _log.info("a client says hello: %s", hello.software)

    def _list(self, client: bytes, request: JobsRequest) -> None:
        questions, artist = self._store.questions, self._artists[client]
        records = questions.everybodys() if request.all else questions.jobs_of(artist)
        if not request.all:
            records = [
                record
                for record in records
                if self._ledger.get(str(record.id)) is not None
                or (record.state is State.DONE and not record.acknowledged)
            ]
        left = self.shifts.prospects()
        reports = [
            report(record) if job is None else job.report(left.get(job.key))
            for record in records
            for job in (self._ledger.get(str(record.id)),)
        ]
        pages = range(0, max(1, len(reports)), PAGE)
        for first in pages:
            page = tuple(reports[first : first + PAGE])
            self._post.say(client, JobList(page, last=first == pages[-1]))

    # --- a client's job

    def _about_job(self, client: bytes, message: Any, payload: Any) -> None:
        artist = self._artists[client]
        if isinstance(message, Submit):
            self._submit(client, artist, message)
            return
        job = self._ledger.find(artist, message.job)
        if job is None:
            self._about_ended(client, artist, message)
        elif isinstance(message, Chunk):
            self._uploads.receive(client, job, message, payload)
        elif isinstance(message, Seen):
            self._audience.seen(job.id, client)
        elif isinstance(message, Follow):
            self._audience.join(job.id, client)
            self._answer(client, job)
        elif isinstance(message, Cancel | Keep | Pause | Resume | Prioritise):
            if client not in self._audience.of(job.id):
                self._audience.join(job.id, client)
            self._decide(job, message)
        # A credit for, or the receipt of, a result that is not there yet: it comes of itself.

    def _decide(self, job: Job, message: Cancel | Keep | Pause | Resume | Prioritise) -> None:
        """Its artist decides about a job."""
        if isinstance(message, Cancel):
            self._cancel(job)
            self.shifts.direct()
        elif isinstance(message, Keep):
            self.shifts.keep(job)
        elif isinstance(message, Pause):
            self.shifts.pause(job)
        elif isinstance(message, Resume):
            self.shifts.resume(job)
        else:
            self._ledger.prioritise(job, message.priority)
            self.shifts.tell_standing(job)
            self.shifts.direct()

    def _about_ended(self, client: bytes, artist: str, message: Any) -> None:
        """A message about a job that has ended, or that nobody knows."""
        record = self._store.questions.find(artist, message.job)
        if isinstance(message, Chunk | Seen) or (record is None and isinstance(message, Credit)):
            return  # it ended while the message was on its way
        if record is None:
            raise NoSuchJobError
        if isinstance(message, Received):
            self._store.acknowledge(record.id)
            self._audience.part(record.id, client)
        elif isinstance(message, Credit):
            self._send_result(client, record, message)
        else:
            self._audience.join(record.id, client)
            self._post.say(client, _outcome(record))

    def _submit(self, client: bytes, artist: str, submit: Submit) -> None:
        known = self._store.questions.find(artist, submit.job)
        if known is None:
            if self.shifts.draining:
                raise RefusedError(
                    "draining",
                    "The daemon is about to be stopped and takes no new jobs. "
                    "Send this one again when it is back.",
                )
            self._limits.check(submit)
        job = self._ledger.submit(artist, submit)
        self._audience.join(job.id, client)
        if isinstance(job, Record):
            self._post.say(client, _outcome(job))
        elif job.state is State.UPLOADING:
            self._uploads.begin(client, job)
        elif known is None:  # all its planes were here already
            self._accepted(job)
        else:
            self._answer(client, job)

    def _accepted(self, job: Job) -> None:
        """All planes of a job are here and safe."""
        self.shifts.direct()
        if job.position is None:  # else its followers have just been told
            for client in self._audience.of(job.id):
                self._answer(client, job)

    def _answer(self, client: bytes, job: Job) -> None:
        """Tell a client where an unfinished job stands."""
        left = self.shifts.prospects().get(job.key)
        if job.state is not State.UPLOADING:
            self._post.say(client, Accepted(job.name, job.position or 0, left))
        if job.state is not State.QUEUED:
            self._post.say(client, Standing(job.report(left)))

    def _send_result(self, client: bytes, record: Record, credit: Credit) -> None:
        result = record.result
        if result is None:
            self._post.say(client, _outcome(record))
            return
        self._audience.send_on(
            record.id, record.name, client, credit, lambda: self._store.blobs.view(result.sha256)
        )

    # --- a job ends

    def done(self, record: Record) -> None:
        """A job's result is here and safe."""
        self._audience.tell(record.id, _outcome(record))

    def ended(self, record: Record) -> None:
        """A job ended without a result."""
        self._audience.tell(record.id, _outcome(record))
        self._audience.close(record.id)

    def _fail(self, job: Job, code: str, sentence: str) -> None:
        self._must_end(job, lambda job: self._ledger.fail(job, code, sentence))

    def _cancel(self, job: Job) -> None:
        self._must_end(job, self._ledger.cancel)

    def _must_end(self, job: Job, end: Callable[[Job], Record]) -> None:
        def action() -> None:
            record = end(job)
            self.shifts.crew.drop(job)
            self.ended(record)

        self._ledger.must(action)

    # --- time and the end

    @property
    def due(self) -> float:
        """Seconds until :meth:`tick` has something to do, if nothing happens before."""
        until = math.inf if self.shifts.until is None else self.shifts.until
        if self._ledger.in_trouble:
            until = min(until, self._next_retry)
        return max(0.0, until - self._clock())

    def tick(self) -> None:
        """Call now and then, and when it is :attr:`due`."""
        now = self._clock()
        self._library.tick()
        if self._ledger.in_trouble and now >= self._next_retry:
            self._next_retry = now + RETRY_SECONDS
            self._ledger.settle_debts()
            self.shifts.direct()
        elif self.due == 0:
            self.shifts.direct()
        if now >= self._next_expiry:
            self._next_expiry = now + EXPIRY_SECONDS
            self._expire()
        self._tell_status(self._post.untold(PROBE_SECONDS))

    def _expire(self) -> None:
        for job in self._ledger.nameless():
            if job.state is State.UPLOADING and self._clock() - job.touched > STALL_SECONDS:
                sentence = "The transfer stood still for too long. Try again."
                self._fail(job, "stalled", sentence)
        try:
            for record in self._ledger.expire(self._keep_seconds):
                self._audience.close(record.id)
        except ServiceError as error:
            _log.warning("nothing can be given up now: %s", error.sentence)

    def leave(self, sentence: str) -> None:
        """The daemon ends soon: jobs are saved. Only those end that nobody could ask for again."""
        for job in self._ledger.nameless():
            self._fail(job, "stopping", sentence)
        self.shifts.leave()

    # --- what is said

    def tell_status(self) -> None:
        """Tell everybody what the daemon is doing."""
        self._tell_status(list(self._post))

    def _tell_status(self, clients: Sequence[bytes]) -> None:
        if clients:
            status = self.status()
            for client in clients:
                self._post.say(client, status, droppable=True)

    def _welcome(self) -> Welcome:
        about = self.shifts.about()
        return Welcome(
            PROTOCOL_VERSION,
            SOFTWARE,
            about.device,
            about.features,
            about.available,
            about.notice,
            CAPABILITIES,
        )

    def status(self) -> Status:
        """What the daemon is doing."""
        about, crew = self.shifts.about(), self.shifts.crew
        running = sum(job.state is State.RUNNING for job in crew.at_work())
        begun = len(crew.begun())
        return Status(
            SOFTWARE,
            about.device,
            about.features,
            about.available,
            about.notice,
            running=running,
            suspended=max(0, begun - running),
            queued=sum(job.state is State.QUEUED for job in self._ledger),
            clients=len(self._post),
            seconds_up=self._clock() - self._started,
            draining=self.shifts.draining,
            asleep=self.shifts.idling.asleep,
        )


def _outcome(record: Record) -> Result | Failure:
    """How a job ended."""
    if record.result is not None:
        return build(Result, json.loads(record.result.descriptor))
    code, sentence = _ENDED.get(record.state, (record.code, record.sentence))
    return Failure(code, sentence, record.name)
