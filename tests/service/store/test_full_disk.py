"""A disk that is really full."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gramarye.service.store.blobs import Blobs

from ..daemon import ROOT
from .orders import sha256

NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]
LIMITED = """
import pathlib, resource, sys
from gramarye.service.store.blobs import Blobs
from gramarye.service.store.errors import DiskFullError
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
part = Blobs(pathlib.Path(sys.argv[1])).part(1, "plane-0")
part.append(0, bytes(600))
try:
    part.append(600, bytes(600))
except DiskFullError as error:
    print(error.sentence)
"""


def has_namespaces() -> bool:
    if shutil.which("unshare") is None:
        return False
    mount = [*NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", "/tmp"]
    return subprocess.run(mount, capture_output=True, check=False).returncode == 0


def test_a_file_that_may_not_grow_stays_as_it_was(tmp_path: Path) -> None:
    pytest.importorskip("resource")
    program = [sys.executable, "-c", LIMITED, str(tmp_path)]
    run = subprocess.run(program, capture_output=True, text=True, check=True)
    assert "is full. Free some space" in run.stdout
    part = Blobs(tmp_path).part(1, "plane-0")
    assert part.size == 600
    part.append(600, bytes(600))
    assert part.settle().sha256 == sha256(bytes(1200))


@pytest.mark.skipif(not has_namespaces(), reason="needs a small disk of its own: unshare, mount")
def test_a_full_disk_refuses_new_jobs_and_keeps_its_promises_of_the_old(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "tests.service.store.small_disk", str(tmp_path / "disk")]
    run = subprocess.run(
        [*NAMESPACE, *program], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert run.returncode == 0, run.stderr
