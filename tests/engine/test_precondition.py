"""The preconditioners against dense matrices, and what they do to L-BFGS."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from gramarye.engine.optimisers import Lbfgs
from gramarye.engine.optimisers.precondition import (
    Local,
    Preconditioner,
    Spectral,
    gain,
    masked,
    preconditioner,
)

from .helpers import relative_error

MAKERS: dict[str, Callable[[Tensor], Preconditioner]] = {
    "spectral": Spectral,
    "local": lambda like: Local(*like.shape[-2:]),
}
SIZES = [(6, 7), (9, 4), (12, 12), (1, 1), (2, 5)]


def _matrix(filter: Preconditioner, height: int, width: int) -> Tensor:
    """The filter as a matrix over the pixels of one channel."""
    units = torch.eye(height * width, dtype=torch.float64).view(-1, 1, height, width)
    return torch.stack([filter(unit).flatten() for unit in units], 1)


def _like(height: int, width: int) -> Tensor:
    return torch.zeros(1, height, width, dtype=torch.float64)


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("size", SIZES)
def test_a_preconditioner_is_symmetric_and_positive_definite(
    name: str, size: tuple[int, int]
) -> None:
    matrix = _matrix(MAKERS[name](_like(*size)), *size)
    torch.testing.assert_close(matrix, matrix.T, rtol=0, atol=1e-12)
    assert float(torch.linalg.eigvalsh(matrix).min()) > 0


@pytest.mark.parametrize("name", MAKERS)
def test_a_masked_preconditioner_is_definite_on_free_pixels_and_zero_on_the_others(
    name: str,
) -> None:
    size = (8, 9)
    free = torch.zeros(size, dtype=torch.float64)
    free[1:6, 2:] = 0.3  # partly styled pixels are free as any
    matrix = _matrix(masked(MAKERS[name](_like(*size)), free), *size)
    inside = free.flatten() > 0
    torch.testing.assert_close(matrix, matrix.T, rtol=0, atol=1e-12)
    assert float(torch.linalg.eigvalsh(matrix[inside][:, inside]).min()) > 0
    assert not matrix[~inside].any()
    assert not matrix[:, ~inside].any()


@pytest.mark.parametrize("size", SIZES)
def test_the_spectral_form_is_the_cosine_transforms_gain(size: tuple[int, int]) -> None:
    """C diag(gain) Cᵀ with C the orthonormal cosine transform of type II along both axes."""
    rows, columns = (_cosines(side) for side in size)
    frequencies = [torch.arange(side, dtype=torch.float64) / (2 * side) for side in size]
    squares = frequencies[0].square()[:, None] + frequencies[1].square()
    transform = torch.kron(rows, columns)
    wanted = transform.T @ torch.diag(gain(squares, 0.5, 1 / 64).flatten()) @ transform
    got = _matrix(Spectral(_like(*size), 0.5, 1 / 64), *size)
    torch.testing.assert_close(got, wanted, rtol=0, atol=1e-12)


def _cosines(side: int) -> Tensor:
    orders = torch.arange(side, dtype=torch.float64)
    matrix = torch.cos(math.pi * orders[:, None] * (orders + 0.5) / side) * (2 / side) ** 0.5
    matrix[0] /= 2**0.5
    return matrix


@pytest.mark.parametrize("name", MAKERS)
def test_nothing_wraps_around_from_one_border_to_the_opposite_one(name: str) -> None:
    """A pixel at the left border moves the right one no more than it moves what is as far off."""
    filtered = MAKERS[name](_like(32, 128))
    dot = _like(32, 128)
    dot[0, 16, 0] = 1
    at_border = filtered(dot)[0, 16]
    assert float(at_border[127]) < 0.02 * float(at_border[1])
    assert float(at_border[127].abs()) <= float(at_border[64].abs())


@pytest.mark.parametrize("name", MAKERS)
def test_an_even_area_up_to_the_border_stays_even(name: str) -> None:
    """Mirrored borders know no dark beyond: no frame appears around the picture."""
    even = torch.ones(1, 48, 64, dtype=torch.float64)
    filtered = MAKERS[name](_like(48, 64))(even)
    spread = float((filtered.max() - filtered.min()) / filtered.mean())
    assert spread < 1e-12


@pytest.mark.parametrize("frequency", [1 / 128, 1 / 32, 1 / 16, 1 / 8, 1 / 4])
def test_the_local_form_is_nearly_the_spectral_one(frequency: float) -> None:
    size = 256
    places = (torch.arange(size, dtype=torch.float64) + 0.5) * frequency * 2 * math.pi
    wave = torch.cos(places).expand(1, size, size)
    got, wanted = Local(size, size)(wave), Spectral(wave)(wave)
    inside = (slice(None), slice(64, -64), slice(64, -64))
    assert relative_error(got[inside], wanted[inside]) < 0.1


def test_a_canvas_too_large_for_one_transform_gets_the_local_form() -> None:
    small, large = torch.empty(3, 64, 64, device="meta"), torch.empty(3, 4096, 4096, device="meta")
    assert isinstance(preconditioner(small), Spectral)
    assert isinstance(preconditioner(large), Local)


def _rough_bowl(side: int) -> tuple[Tensor, Callable[[Tensor], tuple[float, Tensor]]]:
    """A picture to find, and a bowl about it whose walls are steeper the finer the detail.

    Its Hessian is the inverse of a smoothing filter of exponent 1.5, and so of no preconditioner
    tested here.
    """
    generator = torch.Generator().manual_seed(5)
    wanted = torch.rand(3, side, side, generator=generator, dtype=torch.float64)
    rough = Spectral(wanted, exponent=-1.5)

    def bowl(point: Tensor) -> tuple[float, Tensor]:
        gradient = rough(point - wanted)
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


@pytest.mark.parametrize("name", MAKERS)
def test_lbfgs_needs_fewer_evaluations_with_a_preconditioner_on_a_rough_bowl(name: str) -> None:
    like = torch.zeros(3, 32, 32, dtype=torch.float64)
    assert _evaluations(MAKERS[name](like)) < 0.7 * _evaluations(None)


def test_lbfgs_moves_no_pixel_that_is_not_free() -> None:
    wanted, bowl = _rough_bowl(16)
    free = torch.zeros(16, 16, dtype=torch.float64)
    free[4:, :9] = 1
    start = torch.zeros_like(wanted)
    optimiser = Lbfgs(start, precondition=preconditioner(start, free=free))
    for _ in range(20):
        optimiser.tell(*bowl(optimiser.ask()))
    best = optimiser.best()
    assert best[:, free > 0].abs().min() > 0
    assert not best[:, free == 0].any()


def test_a_preconditioned_lbfgs_goes_on_from_its_state_with_the_same_bits() -> None:
    wanted, bowl = _rough_bowl(16)
    start = torch.zeros_like(wanted)
    straight, stopped, resumed = (
        Lbfgs(start, 5, precondition=Spectral(start), plateau=1e-9) for _ in range(3)
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
