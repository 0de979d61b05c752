"""A connection breaks anywhere and comes back: the job goes on where it stood."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gramarye_protocol import (
    Accepted,
    Cancel,
    Chunk,
    ClientSession,
    Event,
    Failure,
    Finished,
    Follow,
    Hello,
    Keep,
    Message,
    Progressed,
    Result,
    Settings,
    Submit,
    decode,
    encode,
)

from .daemons import Daemon, plane

CONTENT, STYLE = bytes(range(101)), bytes(range(200, 229))


@pytest.fixture(scope="module", autouse=True)
def small_chunks() -> Iterator[None]:
    """A plane of a hundred bytes takes as many messages as a canvas does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gramarye_protocol.transfer.CHUNK_BYTES", 7)
        patch.setattr("gramarye_protocol.transfer.WINDOW_BYTES", 28)
        yield


class Line:
    """A client and a daemon, and a connection between them that can break."""

    def __init__(self, daemon: Daemon) -> None:
        self.daemon = daemon
        self.session = ClientSession("test", "frida")
        self.events: list[Event] = []
        self.session.hello()
        self.carry()

    def submit(self, name: str = "one") -> None:
        planes = [plane("content", CONTENT), plane("style", STYLE)]
        self.session.submit(name, Settings(), planes)

    def there(self) -> bool:
        """Carry one message to the daemon."""
        frames = next(self.session.outgoing(), None)
        if frames is not None:
            self.daemon.receive([bytes(frame) for frame in frames])
        return frames is not None

    def back(self) -> bool:
        """Carry one message to the client."""
        frames = next(self.daemon.letters(), None)
        if frames is not None:
            self.events += self.session.receive(frames)
        return frames is not None

    def carry(self) -> None:
        """Carry messages until nobody has anything to say."""
        while self.there() or self.back():
            pass

    def cut(self) -> None:
        """Lose the connection with all that is on its way, and make another."""
        self.daemon.connect()
        self.session.again()

    def again(self) -> list[Message]:
        """Lose the connection, and greet over another; what the client says first over that."""
        self.cut()
        self.there()
        self.back()
        return [decode(frames)[0] for frames in self.session.outgoing()]

    def ends(self) -> list[Event]:
        return [event for event in self.events if isinstance(event, Finished | Failure | Result)]


moves = st.lists(st.sampled_from(("there", "there", "back", "back", "cut", "work")), max_size=120)


@settings(deadline=None, max_examples=200)
@given(moves)
def test_a_connection_that_breaks_at_any_message_costs_nothing(steps: list[str]) -> None:
    daemon = Daemon()
    line = Line(daemon)
    line.submit()
    for step in steps:
        if step == "work":
            daemon.work("one")
        else:
            getattr(line, step)()
    line.cut()
    line.carry()
    daemon.work("one")
    line.carry()
    [end] = line.ends()
    assert isinstance(end, Finished)
    assert bytes(end.pixels) == CONTENT[::-1]
    assert daemon.painted == ["one"]
    assert not daemon.jobs["one"].kept
    line.session.received("one")
    line.carry()
    assert daemon.jobs["one"].kept


@settings(deadline=None)
@given(moves, st.booleans())
def test_a_followed_job_is_found_again_after_every_break(steps: list[str], pixels: bool) -> None:
    daemon = Daemon()
    first = Line(daemon)
    first.submit()
    first.carry()
    daemon.connect()
    second = Line(daemon)
    second.session.follow("one", pixels)
    for step in steps:
        if step == "work":
            daemon.work("one")
        else:
            getattr(second, step)()
    daemon.work("one")
    second.cut()
    second.carry()
    [end] = second.ends()
    assert isinstance(end, Finished if pixels else Result)
    if isinstance(end, Finished):
        assert bytes(end.pixels) == CONTENT[::-1]


def test_an_upload_goes_on_with_what_the_daemon_lacks() -> None:
    line = Line(Daemon())
    line.submit()
    for _ in range(4):
        line.there()
        line.back()
    held = len(line.daemon.jobs["one"].planes[0].data)
    assert 0 < held < len(CONTENT)
    line.cut()
    line.there()  # hello
    line.back()  # welcome
    line.there()  # submit
    line.back()  # credit for what is missing
    frames = next(line.session.outgoing())
    chunk, _ = decode(frames)
    assert isinstance(chunk, Chunk)
    assert chunk.offset == held


def test_a_download_goes_on_with_what_is_missing_here() -> None:
    line = Line(Daemon())
    line.submit()
    line.carry()
    line.daemon.work("one")
    while not any(isinstance(event, Progressed) for event in line.events):
        line.back()
    line.back()  # the result is announced
    line.there()  # seen
    line.there()  # credit
    line.back()
    line.back()
    line.cut()
    line.there()
    line.back()
    line.there()
    sent: list[int] = []
    while line.daemon.speaks or line.there():
        letter = next(line.daemon.letters(), None)
        if letter is not None:
            message, _ = decode(letter)
            if isinstance(message, Chunk):
                sent.append(message.offset)
            line.events += line.session.receive(letter)
    assert sent[0] == 14
    assert len(set(sent)) == len(sent)
    [end] = line.ends()
    assert isinstance(end, Finished)
    assert bytes(end.pixels) == CONTENT[::-1]


def test_a_result_that_is_another_one_now_is_fetched_from_its_beginning() -> None:
    line = Line(Daemon())
    line.submit()
    line.carry()
    line.session.receive(encode(Result("one", plane("result", b"first painting")[0])))
    line.session.receive(encode(Chunk("one", 0, 0), b"first"))
    line.cut()
    line.daemon.work("one")
    line.carry()
    [end] = line.ends()
    assert isinstance(end, Finished)
    assert bytes(end.pixels) == CONTENT[::-1]


def test_a_cancel_that_was_lost_on_the_way_is_said_again() -> None:
    line = Line(Daemon())
    line.submit()
    line.carry()
    line.session.cancel("one")
    assert line.again() == [Cancel("one")]


def test_that_a_picture_is_enough_is_said_again_after_the_job_itself() -> None:
    line = Line(Daemon())
    line.submit()
    line.session.follow("two")
    line.carry()
    line.session.keep("one")
    told = line.again()
    assert [type(message) for message in told] == [Submit, Keep]
    assert told[-1] == Keep("one")


def test_nothing_is_said_before_the_daemon_has_answered_the_hello() -> None:
    line = Line(Daemon())
    line.submit()
    line.carry()
    line.session.follow("two")
    line.cut()
    line.submit("three")
    line.session.follow("four")
    told = [decode(frames)[0] for frames in line.session.outgoing()]
    assert [type(message) for message in told] == [Hello]
    line.daemon.receive(encode(told[0]))
    line.back()
    told = [decode(frames)[0] for frames in line.session.outgoing()]
    assert [(type(one), getattr(one, "job", "")) for one in told] == [
        (Submit, "one"),
        (Follow, "two"),
        (Submit, "three"),
        (Follow, "four"),
    ]


def test_jobs_that_have_ended_are_not_taken_up_again() -> None:
    line = Line(Daemon())
    line.submit()
    line.carry()
    line.daemon.work("one")
    line.carry()
    line.session.follow("unknown")
    line.carry()
    assert line.again() == []


def test_an_older_daemon_in_place_of_the_one_before_gets_the_job_and_says_what_it_cannot() -> None:
    line = Line(Daemon())
    line.submit()
    line.carry()
    line.session.follow("two")
    line.daemon = Daemon(capabilities=())
    line.cut()
    line.there()
    line.events.clear()
    line.back()
    [failure] = line.ends()
    assert isinstance(failure, Failure)
    assert (failure.code, failure.job) == ("outdated", "two")
    line.carry()
    assert Accepted("one", 0) in line.events
