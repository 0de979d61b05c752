"""The built-in features: fitted, normalised, frozen, and their gradient."""

from __future__ import annotations

import pytest
import torch

from gramarye.engine.calibration import calibration_pictures
from gramarye.engine.patches import PatchPyramid, fit_patches, octave_count
from gramarye.engine.pyramid import octaves

from .helpers import picture, relative_error

PICTURES = (picture(64, 80, 1), picture(72, 64, 2))


def test_the_same_pictures_and_seed_give_the_same_bank() -> None:
    first, again = (fit_patches(PICTURES, 2, seed=3, filters=16) for _ in range(2))
    assert first.fingerprint == again.fingerprint


def test_other_pictures_or_another_seed_give_another_bank() -> None:
    bank = fit_patches(PICTURES, 2, seed=3, filters=16)
    assert bank.fingerprint != fit_patches(PICTURES, 2, seed=4, filters=16).fingerprint
    assert bank.fingerprint != fit_patches(PICTURES[:1], 2, seed=3, filters=16).fingerprint


def test_before_the_rectifier_responses_have_zero_mean_and_unit_variance() -> None:
    """Over the pictures that the bank was fitted to, calibration pictures included."""
    bank = fit_patches(PICTURES, 1, filters=16)
    everything = [*PICTURES, *calibration_pictures(torch.Generator().manual_seed(0))]
    responses = torch.cat(
        [
            torch.nn.functional.conv2d(
                ((one - 0.5) / 0.25)[None], bank.filters[0], bank.biases[0]
            ).flatten(2)[0][
                # As many positions from each, as in the fit.
                :, torch.randperm(58 * 58, generator=torch.Generator().manual_seed(1))[:3000]
            ]
            for one in everything
        ],
        dim=1,
    )
    assert float(responses.mean(1).abs().max()) < 0.25
    assert float((responses.std(1) - 1).abs().max()) < 0.3


def test_filters_are_finite_for_a_picture_of_one_flat_grey() -> None:
    grey = torch.full((3, 64, 64), 0.5)
    bank = fit_patches((grey, grey), 2, filters=16)
    assert all(torch.isfinite(one).all() for one in (*bank.filters, *bank.biases))


@pytest.mark.parametrize(
    ("sizes", "wanted"),
    [
        ([(16, 16)], 1),
        ([(128, 256)], 4),
        ([(512, 512)], 5),
        ([(512, 512), (64, 64)], 2),
        ([(20, 4000)], 2),
    ],
)
def test_octaves_go_on_while_every_picture_has_them(
    sizes: list[tuple[int, int]], wanted: int
) -> None:
    assert octave_count(sizes) == wanted


def test_a_coarser_start_uses_the_same_filters_one_octave_on() -> None:
    bank = fit_patches(PICTURES, 2, filters=16)
    whole = PatchPyramid(bank).forward(PICTURES[0]).taps
    half = PatchPyramid(bank, first=1).forward(octaves(PICTURES[0], 2)[1]).taps
    assert list(half) == ["octave2"]
    torch.testing.assert_close(half["octave2"], whole["octave2"])


def test_the_backward_pass_agrees_with_finite_differences_in_float64() -> None:
    bank = fit_patches(PICTURES, 2, filters=8)
    double = type(bank)(
        tuple(f.double() for f in bank.filters), tuple(b.double() for b in bank.biases)
    )
    extractor = PatchPyramid(double)
    pixels = picture(24, 20, 5, torch.float64)
    tape = extractor.forward(pixels)
    pull = {name: torch.sin(features) for name, features in tape.taps.items()}
    gradient = tape.backward(pull)

    def loss(at: torch.Tensor) -> float:
        taps = extractor.forward(at, remember=False).taps
        return sum(float((taps[name] * pull[name]).sum()) for name in taps)

    direction = picture(24, 20, 6, torch.float64) - 0.5
    step = 1e-7
    slope = (loss(pixels + step * direction) - loss(pixels - step * direction)) / (2 * step)
    wanted = torch.tensor([slope], dtype=torch.float64)
    got = (gradient * direction).sum()[None]
    assert relative_error(got, wanted) < 1e-5
