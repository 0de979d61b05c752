"""Planes in files: as good as memory, and gone afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from gramarye.engine.errors import StorageError
from gramarye.engine.tiles.shelf import Shelf


def test_a_plane_in_a_file_holds_what_it_is_given_and_leaves_no_name(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "new")
    numbers = torch.arange(60.0).view(3, 4, 5)
    plane = shelf.copy(numbers)
    assert torch.equal(plane, numbers)
    assert torch.equal(shelf.zeros(2, 3, like=numbers), torch.zeros(2, 3))
    assert list((tmp_path / "new").iterdir()) == []


def test_its_memory_is_a_files_and_not_the_processs_own(tmp_path: Path) -> None:
    def anonymous() -> int:
        lines = Path("/proc/self/status").read_text().splitlines()
        return int(next(line.split()[1] for line in lines if line.startswith("RssAnon")))

    before = anonymous()
    plane = Shelf(tmp_path).zeros(64, 1 << 20, like=torch.zeros(1)).add_(1)
    assert float(plane.sum()) == 64 * (1 << 20)
    assert anonymous() - before < 64 << 10  # KiB; the plane has 256 MiB


def test_a_plane_keeps_the_dtype_that_it_is_for(tmp_path: Path) -> None:
    for folder in (None, tmp_path):
        plane = Shelf(folder).empty(2, 2, like=torch.zeros(1), of=torch.zeros(1).double())
        assert plane.dtype == torch.float64


def test_a_disk_without_room_says_so_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="There is no room for"):
        Shelf(tmp_path).empty(1 << 20, 1 << 25, like=torch.zeros(1))


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="free some space there"):
        Shelf(tmp_path / "file").empty(4, like=torch.zeros(1))
