"""The nearest-patch field against brute force, and the picture that it votes for."""

from __future__ import annotations

from collections.abc import Generator

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from gramarye.engine.nearest.dictionary import SIDE, Dictionary, keys_of
from gramarye.engine.nearest.field import Field, compared, enlarged, random_field, search, voted
from gramarye.engine.pyramid import reduce

from ..helpers import picture

STYLE = picture(48, 56, 1)


def _generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _dictionary(style: Tensor = STYLE) -> Dictionary:
    return Dictionary.of([(style, None)], _generator())


def _end(searching: Generator[None, None, Field]) -> Field:
    while True:
        try:
            next(searching)
        except StopIteration as stop:
            return stop.value


def _found(wanted: Tensor, dictionary: Dictionary, rounds: int = 3) -> tuple[Field, Tensor]:
    keys = keys_of(wanted, dictionary.basis)
    size = wanted.shape[1] - SIDE + 1, wanted.shape[2] - SIDE + 1
    field = random_field(keys, size, dictionary, _generator(1))
    for index in range(rounds):
        field = _end(search(field, keys, dictionary, (8, 4, 2, 1), 0.0, _generator(2 + index)))
    return field, keys


def test_a_piece_of_the_style_is_found_where_it_is() -> None:
    field, _ = _found(STYLE[:, 10:40, 7:47], _dictionary())
    exact = (field.rows == torch.arange(24)[:, None] + 10) & (
        field.columns == torch.arange(34)[None, :] + 7
    )
    assert float(exact.float().mean()) > 0.97


def test_matches_are_nearly_as_near_as_the_nearest_there_are() -> None:
    dictionary = _dictionary()
    field, keys = _found(picture(40, 40, 9), dictionary)
    nearest = torch.cdist(keys, dictionary.keys).square().amin(1)
    assert (field.distance.flatten() >= nearest * (1 - 1e-3)).all()
    assert float(field.distance.mean()) < 1.1 * float(nearest.mean())


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 1000), height=st.integers(8, 30), width=st.integers(8, 30))
def test_no_match_gets_worse_and_every_distance_is_its_own(
    seed: int, height: int, width: int
) -> None:
    dictionary = _dictionary()
    keys = keys_of(picture(height, width, seed), dictionary.basis)
    size = height - SIDE + 1, width - SIDE + 1
    field = random_field(keys, size, dictionary, _generator(seed))
    better = _end(search(field, keys, dictionary, (4, 1), 0.0, _generator(seed + 1)))
    assert (better.distance <= field.distance).all()
    again = dictionary.keys[better.rows.flatten() * dictionary.size[1] + better.columns.flatten()]
    torch.testing.assert_close((again - keys).square().sum(1).view(size), better.distance)


def test_coherence_takes_whole_pieces_at_a_price_that_it_bounds() -> None:
    dictionary = _dictionary()
    wanted = picture(40, 40, 9)
    field, keys = _found(wanted, dictionary)
    coherent = _end(search(field, keys, dictionary, (), 0.5, _generator(7)))
    assert _pieces(coherent) < _pieces(field)
    assert float(coherent.distance.mean()) < 1.5**4 * float(field.distance.mean())


def _pieces(field: Field) -> int:
    """How often a match is not its left neighbour's moved along."""
    moved = (field.columns[:, 1:] == field.columns[:, :-1] + 1) & (
        field.rows[:, 1:] == field.rows[:, :-1]
    )
    return int((~moved).sum())


def test_the_same_seed_gives_the_same_matches() -> None:
    first, _ = _found(picture(24, 24, 9), _dictionary())
    second, _ = _found(picture(24, 24, 9), _dictionary())
    assert torch.equal(first.rows, second.rows)
    assert torch.equal(first.columns, second.columns)


@pytest.mark.parametrize("sharpness", [0.0, 2.0])
def test_true_matches_vote_for_the_picture_itself(sharpness: float) -> None:
    dictionary = _dictionary()
    rows, columns = torch.meshgrid(torch.arange(12), torch.arange(20), indexing="ij")
    piece = STYLE[:, 5 : 5 + 18, 9 : 9 + 26]
    field = compared(rows + 5, columns + 9, keys_of(piece, dictionary.basis), dictionary)
    torch.testing.assert_close(voted(field, dictionary, sharpness), piece)


def test_a_vote_is_the_mean_of_all_patches_over_a_pixel() -> None:
    dictionary = _dictionary()
    field = random_field(
        keys_of(picture(9, 10, 3), dictionary.basis), (3, 4), dictionary, _generator()
    )
    total, count = torch.zeros(3, 9, 10), torch.zeros(9, 10)
    for row in range(3):
        for column in range(4):
            top, left = int(field.rows[row, column]), int(field.columns[row, column])
            patch = STYLE[:, top : top + SIDE, left : left + SIDE]
            total[:, row : row + SIDE, column : column + SIDE] += patch
            count[row : row + SIDE, column : column + SIDE] += 1
    torch.testing.assert_close(voted(field, dictionary, 0.0), total / count)


def test_a_sharp_vote_follows_the_nearest_match() -> None:
    dictionary = _dictionary()
    places = torch.tensor([[3, 30]]), torch.tensor([[4, 20]])
    distance = torch.tensor([[1e-6, 1.0]])
    field = Field(*places, distance)
    sharp = voted(field, dictionary, 2.0)[:, :, 1:7]  # where both patches vote
    near, far = STYLE[:, 3:10, 5:11], STYLE[:, 30:37, 20:26]
    assert float((sharp - near).abs().max()) < 0.01 * float((far - near).abs().max()) + 1e-6


def test_enlarged_matches_copy_the_same_piece_of_the_finer_style() -> None:
    coarse, fine = _dictionary(reduce(STYLE)), _dictionary(STYLE)
    rows, columns = torch.meshgrid(torch.arange(10), torch.arange(14), indexing="ij")
    field = Field(rows + 3, columns + 4, torch.ones(10, 14))
    larger = enlarged(field, (26, 34), fine)
    assert larger.size == (26, 34)
    torch.testing.assert_close(voted(larger, fine, 0.0), STYLE[:, 6 : 6 + 32, 8 : 8 + 40])
    assert coarse.size == (18, 22)


def test_a_match_at_the_edge_stays_inside_when_enlarged() -> None:
    fine = _dictionary(STYLE)
    field = Field(torch.full((4, 4), 18), torch.full((4, 4), 22), torch.ones(4, 4))
    larger = enlarged(field, (14, 14), fine)
    assert int(larger.rows.max()) < fine.size[0]
    assert int(larger.columns.max()) < fine.size[1]
