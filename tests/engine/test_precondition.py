"""The preconditioners against dense matrices, and what they do to L-BFGS."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from gramarye.engine.optimisers import Lbfgs
from gramarye.engine.optimisers.precondition import (
    FLOOR,
    Preconditioner,
    Smoothing,
    gain,
    preconditioner,
)

from .helpers import relative_error

SIZES = [(6, 7), (9, 4), (20, 17), (1, 1), (2, 5)]


def _matrix(filter: Preconditioner, height: int, width: int) -> Tensor:
    """The filter as a matrix over the pixels of one channel."""
    units = torch.eye(height * width, dtype=torch.float64).view(-1, 1, height, width)
    return torch.stack([filter(unit).flatten() for unit in units], 1)


def _cosines(side: int) -> Tensor:
    """The orthonormal cosine transform of type II."""
    orders = torch.arange(side, dtype=torch.float64)
    matrix = torch.cos(math.pi * orders[:, None] * (orders + 0.5) / side) * (2 / side) ** 0.5
    matrix[0] /= 2**0.5
    return matrix


def _spectral(height: int, width: int, gains: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """C diag(gains of the frequencies along both axes) Cᵀ, the reference."""
    rows, columns = (torch.arange(n, dtype=torch.float64) / (2 * n) for n in (height, width))
    transform = torch.kron(_cosines(height), _cosines(width))
    wanted = gains(rows[:, None].expand(height, width), columns.expand(height, width))
    return transform.T @ torch.diag(wanted.flatten()) @ transform


@pytest.mark.parametrize("exponent", [0.25, 0.5, 1.0, 1.5])
@pytest.mark.parametrize("size", SIZES)
def test_a_preconditioner_is_symmetric_and_positive_definite(
    size: tuple[int, int], exponent: float
) -> None:
    matrix = _matrix(Smoothing(*size, exponent), *size)
    torch.testing.assert_close(matrix, matrix.T, rtol=0, atol=1e-12)
    assert float(torch.linalg.eigvalsh(matrix).min()) > 0


def test_a_masked_preconditioner_is_definite_on_free_pixels_and_zero_on_the_others() -> None:
    size = (8, 9)
    free = torch.zeros(size, dtype=torch.float64)
    free[1:6, 2:] = 0.3  # partly styled pixels are free as any
    matrix = _matrix(preconditioner(*size, 0.5, free), *size)
    inside = free.flatten() > 0
    torch.testing.assert_close(matrix, matrix.T, rtol=0, atol=1e-12)
    assert float(torch.linalg.eigvalsh(matrix[inside][:, inside]).min()) > 0
    assert not matrix[~inside].any()
    assert not matrix[:, ~inside].any()


@pytest.mark.parametrize("size", SIZES)
def test_the_blurs_are_their_gain_in_the_basis_of_the_cosine_transform(
    size: tuple[int, int],
) -> None:
    smoothing = Smoothing(*size, 0.5)

    def gains(rows: Tensor, columns: Tensor) -> Tensor:
        total, blurred = torch.zeros_like(rows), torch.ones_like(rows)
        for octave, weight in enumerate(smoothing.weights):
            total = total + weight * blurred
            for frequency in (rows, columns):
                blurred = blurred * torch.cos(math.pi * 2**octave * frequency) ** 2
        return total

    torch.testing.assert_close(
        _matrix(smoothing, *size), _spectral(*size, gains), rtol=0, atol=1e-12
    )


def test_the_filter_is_nearly_the_wanted_one_in_fourier_space() -> None:
    """Over a picture with all frequencies alike, and along one axis at each of them."""
    size = (24, 32)
    matrix = _matrix(Smoothing(*size, 0.5), *size)
    wanted = _spectral(*size, lambda r, c: gain(r.square() + c.square(), 0.5, FLOOR))
    assert relative_error(matrix, wanted) < 0.05
    waves = torch.kron(_cosines(size[0])[:1], _cosines(size[1]))
    got = (waves @ matrix @ waves.T).diagonal() / (waves @ wanted @ waves.T).diagonal()
    assert 0.95 < float(got.min()) < float(got.max()) < 1.05


def test_nothing_wraps_around_from_one_border_to_the_opposite_one() -> None:
    """A pixel at the left border moves the right one no more than it moves what is as far off."""
    dot = torch.zeros(1, 32, 128, dtype=torch.float64)
    dot[0, 16, 0] = 1
    at_border = Smoothing(32, 128, 0.5)(dot)[0, 16]
    assert float(at_border[1]) > 0
    assert not at_border[64:].any()


def test_an_even_area_up_to_the_border_stays_even() -> None:
    """Mirrored borders know no dark beyond: no frame appears around the picture."""
    filtered = Smoothing(48, 64, 0.5)(torch.ones(1, 48, 64, dtype=torch.float64))
    torch.testing.assert_close(filtered, filtered.mean().expand_as(filtered))


def test_no_exponent_leaves_the_pixels_as_they_are() -> None:
    pixels = torch.rand(3, 5, 6)
    assert torch.equal(preconditioner(5, 6, 0.0)(pixels), pixels)


def _rough_bowl(side: int) -> tuple[Tensor, Callable[[Tensor], tuple[float, Tensor]]]:
    """A picture to find, and a bowl about it whose walls are steeper the finer the detail.

    Its Hessian has the gain (f² + floor²)^(3/4), more than any preconditioner tested here undoes.
    """
    generator = torch.Generator().manual_seed(5)
    wanted = torch.rand(3, side, side, generator=generator, dtype=torch.float64)
    rough = _spectral(side, side, lambda r, c: gain(r.square() + c.square(), -1.5, FLOOR))

    def bowl(point: Tensor) -> tuple[float, Tensor]:
        gradient = ((point - wanted).flatten(1) @ rough).view_as(point)
        return float(((point - wanted) * gradient).sum()) / 2, gradient

    return wanted, bowl


def _evaluations(filter: Preconditioner | None, side: int = 32) -> int:
    """How many L-BFGS takes to divide the bowl's loss by a million."""
    wanted, bowl = _rough_bowl(side)
    optimiser = Lbfgs(torch.zeros_like(wanted), precondition=filter)
    target = 1e-6 * bowl(torch.zeros_like(wanted))[0]
    for evaluation in range(400):
        loss, gradient = bowl(optimiser.ask())
        if loss <= target:
            return evaluation
        optimiser.tell(loss, gradient)
    return 400


def test_lbfgs_needs_fewer_evaluations_with_a_preconditioner_on_a_rough_bowl() -> None:
    assert _evaluations(Smoothing(32, 32, 1.0)) < 0.7 * _evaluations(None)


def test_lbfgs_moves_no_pixel_that_is_not_free() -> None:
    wanted, bowl = _rough_bowl(16)
    free = torch.zeros(16, 16, dtype=torch.float64)
    free[4:, :9] = 1
    start = torch.zeros_like(wanted)
    optimiser = Lbfgs(start, precondition=preconditioner(16, 16, 0.5, free))
    for _ in range(20):
        optimiser.tell(*bowl(optimiser.ask()))
    best = optimiser.best()
    assert best[:, free > 0].abs().min() > 0
    assert not best[:, free == 0].any()


def test_a_preconditioned_lbfgs_goes_on_from_its_state_with_the_same_bits() -> None:
    wanted, bowl = _rough_bowl(16)
    start = torch.zeros_like(wanted)
    straight, stopped, resumed = (
        Lbfgs(start, 5, precondition=Smoothing(16, 16, 0.5), plateau=1e-9) for _ in range(3)
    )
    for _ in range(13):
        straight.tell(*bowl(straight.ask()))
        stopped.tell(*bowl(stopped.ask()))
    resumed.load_state_dict(stopped.state_dict())
    for _ in range(30):
        assert torch.equal(resumed.ask(), straight.ask())
        assert resumed.converged == straight.converged
        straight.tell(*bowl(straight.ask()))
        resumed.tell(*bowl(resumed.ask()))
