"""What is done strip by strip on a large canvas is what is done to a whole one."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from gramarye.engine import pyramid
from gramarye.engine.palette import recolour
from gramarye.engine.pyramid import (
    add_reduced_gradient,
    interpolate,
    reduce,
    reduce_by_strips,
    strips,
)
from gramarye.engine.regularisers import (
    add_range_penalty,
    add_total_variation,
    range_penalty,
    total_variation,
)
from tests.engine.helpers import picture


@pytest.fixture(autouse=True)
def small_strips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyramid, "STRIP_PIXELS", 256)


def _exact(height: int, width: int) -> Tensor:
    return 1.4 * picture(height, width, height, torch.float64) - 0.2


@given(st.integers(1, 200), st.integers(1, 80))
def test_strips_follow_on_each_other_and_cover_all_rows(height: int, width: int) -> None:
    rows = [row for part in strips(height, width) for row in range(height)[part]]
    assert rows == list(range(height))


@settings(deadline=None, max_examples=40)
@given(st.integers(3, 70), st.integers(3, 70))
def test_reducing_by_strips_is_reducing_and_its_adjoint_the_gradient(
    height: int, width: int
) -> None:
    whole = _exact(height, width).requires_grad_()
    wanted = reduce(whole)
    got = reduce_by_strips(whole.detach())
    assert torch.allclose(got, wanted, rtol=0, atol=1e-15)
    gradient = torch.randn(wanted.shape, dtype=torch.float64)
    (slope,) = torch.autograd.grad(wanted, whole, gradient)
    into = torch.ones_like(whole.detach())
    add_reduced_gradient(gradient, into)
    assert torch.allclose(into, slope + 1, rtol=0, atol=1e-14)


@settings(deadline=None, max_examples=30)
@given(st.integers(8, 40), st.integers(8, 40), st.integers(0, 1), st.integers(0, 1))
def test_enlarging_by_strips_is_enlarging(height: int, width: int, odd: int, wide: int) -> None:
    small = _exact(height, width)
    size = 2 * height - odd, 2 * width - wide
    got = interpolate(small, *size)
    wanted = F.interpolate(small[None], size=size, mode="bicubic", antialias=True)[0]
    assert torch.allclose(got, wanted, rtol=0, atol=1e-12)


def test_the_losses_of_the_pixels_are_the_same_by_strips() -> None:
    pixels = _exact(61, 47)
    gradient = torch.zeros_like(pixels)
    loss = add_range_penalty(pixels, gradient) + add_total_variation(pixels, gradient, 3.0)
    wanted = [range_penalty(pixels), total_variation(pixels)]
    assert loss == pytest.approx(float(wanted[0][0] + 3 * wanted[1][0]), rel=1e-13)
    assert torch.allclose(gradient, wanted[0][1] + 3 * wanted[1][1], rtol=0, atol=1e-16)


def test_recolouring_by_strips_is_recolouring(monkeypatch: pytest.MonkeyPatch) -> None:
    content, style = _exact(61, 47).clamp(0, 1), picture(40, 30, 3, torch.float64)
    weights = picture(40, 30, 4, torch.float64)[0]
    by_strips = recolour(content, [(style, weights, 1.0)])
    monkeypatch.setattr(pyramid, "STRIP_PIXELS", 1 << 20)
    whole = recolour(content, [(style, weights, 1.0)])
    assert torch.allclose(by_strips, whole, rtol=0, atol=1e-12)
