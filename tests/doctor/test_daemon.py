"""The daemon and its port: absent, hidden, foreign, of another version, beside another one."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from gramarye.doctor.daemon import SOFTWARE, absent, answering, daemon, several
from gramarye.doctor.finding import Finding
from gramarye.doctor.listeners import Process
from gramarye.service.store.store import Store
from gramarye_protocol import Status
from tests.service.conftest import SLOW
from tests.service.daemon import Daemon, running

ADDRESS = "tcp://127.0.0.1:5599"
SERVING = Process(77, ("python", "-m", "gramarye", "serve", "--bind", "tcp://127.0.0.1:5600"))


def only(findings: Iterator[Finding]) -> Finding:
    [finding] = findings
    return finding


def status(**words: object) -> Status:
    known = {"software": SOFTWARE, "device": "cpu", "features": "vgg19", **words}
    return Status(**known)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Daemon, Path]]:
    """A daemon, and its folder."""
    place = tmp_path_factory.mktemp("daemon")
    with running(place, SLOW) as one:
        yield one, place / "jobs"


@pytest.fixture
def stranger() -> Iterator[str]:
    """The address of a program that listens and says nothing."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"tcp://127.0.0.1:{listening.getsockname()[1]}"


def test_a_daemon_that_answers_is_well(real: tuple[Daemon, Path]) -> None:
    one, data = real
    told = list(daemon(one.address, data, folder_in_use=True, found=[]))
    assert {finding.level for finding in told} == {"ok"}
    assert one.address in told[0].sentence


def test_one_that_keeps_its_jobs_elsewhere_is_noted(
    real: tuple[Daemon, Path], tmp_path: Path
) -> None:
    _, told = daemon(real[0].address, tmp_path, folder_in_use=False, found=[])
    assert told.level == "note"
    assert f"elsewhere than in {tmp_path}" in told.sentence
    assert told.mend.endswith("doctor --data-dir FOLDER")


def test_no_daemon_is_no_harm_and_comes_with_the_command(stranger: str, tmp_path: Path) -> None:
    free = f"{stranger.rpartition(':')[0]}:1"
    none, port = daemon(free, tmp_path, folder_in_use=False, found=[])
    assert none.level == "note"
    assert none.mend.endswith(f"serve --bind {free}")
    assert (port.level, port.sentence) == ("ok", f"{free} is free.")


def test_a_stranger_on_the_port_is_named(stranger: str, tmp_path: Path) -> None:
    told = only(daemon(stranger, tmp_path, folder_in_use=False, found=[]))
    assert (told.check, told.level) == ("port", "wrong")
    assert f"Another program answers at {stranger} (process " in told.sentence
    number = int(stranger.rpartition(":")[2]) + 1
    assert told.mend.endswith(f"serve --bind tcp://127.0.0.1:{number}")


@pytest.mark.parametrize(
    ("system", "mend"),
    [("linux", "lsof -nP -iTCP:5599 -sTCP:LISTEN"), ("win32", "netstat -ano | findstr :5599")],
)
def test_a_stranger_whom_nobody_names_is_to_be_looked_for(
    system: str, mend: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("gramarye.doctor.daemon.sys.platform", system)
    told = only(absent(ADDRESS, tmp_path, folder_in_use=False, listening=True, process=None))
    assert told.level == "wrong"
    assert told.mend == mend


def test_a_daemon_that_hangs_is_to_be_ended(tmp_path: Path) -> None:
    told = only(absent(ADDRESS, tmp_path, folder_in_use=True, listening=True, process=SERVING))
    assert told.level == "wrong"
    assert "process 77" in told.sentence
    assert told.mend == "kill 77"


@pytest.mark.parametrize(
    ("running", "mend"),
    [
        ([SERVING], "status --daemon tcp://127.0.0.1:5600"),
        ([Process(78, ("gramarye", "serve"))], "kill 78"),
        ([], "end the program called gramarye, or python, in the system's list of programs"),
    ],
)
def test_a_daemon_over_the_folder_at_another_address(
    running: list[Process], mend: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("gramarye.doctor.daemon.daemons", lambda: running)
    told = only(absent(ADDRESS, tmp_path, folder_in_use=True, listening=False, process=None))
    assert (told.check, told.level) == ("daemon", "wrong")
    assert "No second one can start there." in told.sentence
    assert told.mend.endswith(mend)


def test_the_folder_of_a_daemon_elsewhere_is_really_noticed(tmp_path: Path) -> None:
    from gramarye.doctor.folder import in_use

    with Store(tmp_path):
        told = only(daemon("tcp://127.0.0.1:1", tmp_path, in_use(tmp_path), found=[]))
    assert told.level == "wrong"
    assert f"A daemon works in {tmp_path}" in told.sentence


def test_an_older_daemon_is_to_be_started_anew() -> None:
    told = only(answering(ADDRESS, status(software="gramarye 0.0.1"), []))
    assert told.level == "wrong"
    assert told.sentence.startswith("gramarye 0.0.1 answers at")
    drain, serve = told.mend.split(" && ")
    assert drain.endswith("drain")
    assert serve.endswith("serve")


def test_one_at_another_address_is_named_in_the_command() -> None:
    told = only(answering("tcp://127.0.0.1:7", status(software="gramarye 0.0.1"), []))
    drain, serve = told.mend.split(" && ")
    assert drain.endswith("drain --daemon tcp://127.0.0.1:7")
    assert serve.endswith("serve --bind tcp://127.0.0.1:7")


def test_a_daemon_that_loads_or_sleeps_is_well() -> None:
    loading = only(answering(ADDRESS, status(features="", device=""), []))
    assert (loading.level, loading.sentence[-17:]) == ("ok", "is still loading.")
    asleep = only(answering(ADDRESS, status(asleep=True), []))
    assert asleep.level == "ok"
    assert "It is asleep" in asleep.sentence


def test_a_daemon_that_does_not_know_a_new_network_yet() -> None:
    _, told = answering(ADDRESS, status(features="builtin", notice="No VGG"), ["vgg19"])
    assert told.level == "note"
    assert "does not know yet that vgg19 is here" in told.sentence
    assert "drain" in told.mend


def test_what_troubles_the_daemon_is_passed_on() -> None:
    _, told = answering(ADDRESS, status(notice="The part that computes does not start."), [])
    assert told.level == "note"
    assert told.sentence.endswith("The part that computes does not start.")
    assert "drain" in told.mend


def test_daemons_beside_each_other_are_listed() -> None:
    assert list(several([SERVING])) == []
    told = only(several([Process(5, ("gramarye", "serve")), SERVING]))
    assert told.level == "note"
    assert "process 5: gramarye serve; process 77" in told.sentence
    assert told.mend.endswith("drain --daemon tcp://127.0.0.1:5600")
