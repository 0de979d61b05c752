"""Hidden colour, recolouring and the pyramid: the small tools around the optimisation."""

from __future__ import annotations

import pytest
import torch

from gramarye.engine.alpha import fill_hidden
from gramarye.engine.palette import recolour
from gramarye.engine.pyramid import interpolate, octaves, reduce, resize

from .helpers import picture


def test_hidden_colour_is_replaced_whatever_it_was_and_visible_colour_kept() -> None:
    colour = picture(33, 47)
    alpha = (picture(33, 47, 3)[0] > 0.5).float()
    other = torch.where(alpha > 0, colour, torch.rand(3, 33, 47))
    filled = fill_hidden(colour, alpha)
    assert torch.equal(filled, fill_hidden(other, alpha))
    assert torch.equal(filled[:, alpha > 0], colour[:, alpha > 0])


def test_hidden_colour_next_to_an_edge_is_the_edges_colour() -> None:
    colour = torch.zeros(3, 32, 32)
    colour[0, :, :16] = 1.0  # red is visible, black is hidden
    alpha = torch.zeros(32, 32)
    alpha[:, :16] = 1.0
    filled = fill_hidden(colour, alpha)
    torch.testing.assert_close(filled[0], torch.ones(32, 32), rtol=0, atol=1e-6)
    assert float(filled[1:].abs().max()) < 1e-6


def test_one_visible_pixel_is_enough() -> None:
    colour, alpha = picture(9, 14), torch.zeros(9, 14)
    alpha[4, 7] = 0.5
    filled = fill_hidden(colour, alpha)
    torch.testing.assert_close(filled, colour[:, 4:5, 7:8].expand_as(colour), rtol=0, atol=1e-5)


def test_an_opaque_picture_is_left_alone() -> None:
    colour = picture(8, 8)
    assert torch.equal(fill_hidden(colour, torch.full((8, 8), 0.01)), colour)


def test_recolouring_gives_the_mean_and_covariance_of_the_other_picture() -> None:
    # Low contrast, so that nothing is clipped.
    source, like = 0.4 + 0.2 * picture(40, 40, 1), 0.3 + 0.2 * picture(30, 50, 2)
    result = recolour(source, [(like, None, 1.0)]).flatten(1)
    wanted = like.flatten(1)
    torch.testing.assert_close(result.mean(1), wanted.mean(1), rtol=0, atol=1e-3)
    torch.testing.assert_close(torch.cov(result), torch.cov(wanted), rtol=0.02, atol=1e-4)


def test_recolouring_like_itself_changes_nothing() -> None:
    one = picture(20, 30)
    torch.testing.assert_close(recolour(one, [(one, None, 1.0)]), one, rtol=0, atol=1e-4)


@pytest.mark.parametrize("flat", [0.0, 0.5, 1.0])
def test_recolouring_from_or_to_a_flat_colour_stays_finite(flat: float) -> None:
    grey = torch.full((3, 16, 16), flat)
    assert torch.isfinite(recolour(grey, [(picture(16, 16), None, 1.0)])).all()
    result = recolour(picture(16, 16), [(grey, None, 1.0)])
    assert float((result - grey).abs().max()) < 0.05


@pytest.mark.parametrize("size", [(16, 16), (17, 32), (5, 9)])
def test_an_octave_halves_rounding_up_and_keeps_a_constant(size: tuple[int, int]) -> None:
    constant = torch.full((3, *size), 0.25)
    half = reduce(constant)
    assert half.shape[1:] == ((size[0] + 1) // 2, (size[1] + 1) // 2)
    torch.testing.assert_close(half, torch.full_like(half, 0.25))


def test_the_finest_octave_is_the_picture_itself() -> None:
    one = picture(32, 32)
    levels = octaves(one, 3)
    assert levels[0] is one
    assert [level.shape[1] for level in levels] == [32, 16, 8]


def test_reducing_is_linear() -> None:
    a, b = picture(21, 18, 1), picture(21, 18, 2)
    torch.testing.assert_close(reduce(2 * a - b), 2 * reduce(a) - reduce(b), rtol=0, atol=1e-5)


def test_resizing_never_leaves_the_pictures_own_range() -> None:
    stripes = torch.zeros(3, 32, 32)
    stripes[:, :, ::4] = 1
    for size in ((11, 13), (80, 70)):
        result = resize(stripes, *size)
        assert tuple(result.shape[1:]) == size
        assert float(result.min()) >= 0
        assert float(result.max()) <= 1


def test_enlarging_keeps_a_ramp_a_ramp() -> None:
    ramp = torch.linspace(0, 1, 16).expand(3, 16, 16)
    larger = interpolate(ramp, 32, 32)
    steps = larger[0, 16, 6:26].diff()
    assert float((steps - steps.mean()).abs().max()) < 1e-5
