"""Each control's effect, in numbers: colours, regions, several styles, alpha, smoothness."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from gramarye.engine.canvas import Canvas, Region, Style
from gramarye.engine.colour import luma, match_histograms, prepare, with_chroma
from gramarye.engine.errors import SettingsError
from gramarye.engine.guidance import erode, layer_weights
from gramarye.engine.networks import Network, PatchNetwork, VggNetwork
from gramarye.engine.objective import total_variation
from gramarye.engine.optimisers import Adam
from gramarye.engine.patches import PatchPyramid, fit_patches
from gramarye.engine.picture import Picture
from gramarye.engine.recipe import FeatureKind, Recipe
from gramarye.engine.statistics import gram_matrix
from gramarye.engine.targets import variants
from gramarye.engine.transfer import Finished, transfer
from gramarye.engine.vgg import Vgg

from .helpers import changed, picture, quick, random_state

CPU = torch.device("cpu")
CONTENT = picture(48, 64, 1)
RED = (0.5 * picture(48, 48, 2) + torch.tensor([0.5, 0.0, 0.0])[:, None, None]).clamp(0, 1)
BLUE = (0.5 * picture(48, 48, 3) + torch.tensor([0.0, 0.0, 0.5])[:, None, None]).clamp(0, 1)
KINDS: tuple[FeatureKind, ...] = ("builtin", "vgg19")


def _canvas(*styles: Tensor, **more: Any) -> Canvas:
    return Canvas(Picture(CONTENT), tuple(Style(Picture(one)) for one in styles), **more)


def _network(canvas: Canvas, recipe: Recipe) -> Network:
    if recipe.features.kind == "builtin":
        return PatchNetwork.fitted(prepare(canvas, recipe.colour), recipe, CPU)
    return VggNetwork(recipe, random_state("vgg19"), CPU)


def _run(canvas: Canvas, recipe: Recipe) -> Finished:
    *_, last = transfer(canvas, recipe, _network(canvas, recipe))
    assert isinstance(last, Finished)
    return last


def _redness(pixels: Tensor) -> float:
    return float((pixels[0] - pixels[2]).mean())


# --- colours


@pytest.mark.parametrize("kind", KINDS)
def test_luminance_mode_leaves_the_contents_chroma_within_a_255th(kind: FeatureKind) -> None:
    recipe = changed(quick(kind), colour={"keep": "luminance"})
    result = _run(_canvas(RED), recipe).picture
    chroma, wanted = result - luma(result), CONTENT - luma(CONTENT)
    assert float((chroma - wanted).abs().max()) < 1 / 255
    assert float((luma(result) - luma(CONTENT)).abs().mean()) > 0.003  # the style did something


def test_luminance_never_leaves_the_gamut_whatever_the_grey() -> None:
    for grey in (torch.zeros(48, 64), torch.ones(48, 64), picture(48, 64, 7)[0]):
        result = with_chroma(grey, CONTENT)
        assert float(result.min()) >= -1e-6
        assert float(result.max()) <= 1 + 1e-6


@pytest.mark.parametrize("kind", KINDS)
def test_matched_colours_are_the_contents_and_unmatched_ones_the_styles(kind: FeatureKind) -> None:
    plain = quick(kind)
    matched = changed(plain, colour={"keep": "match"})
    content, plain_result, matched_result = (
        _redness(one)
        for one in (CONTENT, *(_run(_canvas(RED), r).picture for r in (plain, matched)))
    )
    assert plain_result > content + 0.2
    assert abs(matched_result - content) < 0.05


def test_the_matched_style_has_the_contents_mean_and_covariance() -> None:
    canvas = prepare(_canvas(0.3 + 0.3 * RED), quick("builtin").colour)
    assert torch.equal(canvas.styles[0].picture.colour, 0.3 + 0.3 * RED)  # off changes nothing
    flat_content = Canvas(Picture(0.4 + 0.2 * CONTENT), canvas.styles)
    recipe = changed(quick("builtin"), colour={"keep": "match"})
    style = prepare(flat_content, recipe.colour).styles[0].picture.colour.flatten(1)
    wanted = flat_content.content.colour.flatten(1)
    torch.testing.assert_close(style.mean(1), wanted.mean(1), rtol=0, atol=0.01)
    torch.testing.assert_close(torch.cov(style), torch.cov(wanted), rtol=0.1, atol=1e-3)


@pytest.mark.parametrize("shape", [(48, 48), (30, 31)])
def test_matched_histograms_are_the_styles_exactly(shape: tuple[int, int]) -> None:
    style = picture(*shape, 5)
    canvas = _canvas(style)
    matched = match_histograms(CONTENT, canvas)
    for channel in range(3):
        levels = torch.linspace(0.01, 0.99, 50)
        got = matched[channel].flatten().quantile(levels)
        wanted = style[channel].flatten().quantile(levels)
        assert float((got - wanted).abs().max()) < 0.01
        order = CONTENT[channel].flatten().argsort(stable=True)
        assert (matched[channel].flatten()[order].diff() >= 0).all()


# --- regions and masks


@pytest.mark.parametrize("kind", KINDS)
def test_each_region_is_nearer_to_its_own_style_than_to_the_others(kind: FeatureKind) -> None:
    left = torch.zeros(48, 64)
    left[:, :32] = 1
    regions = (Region(left, 0), Region(1 - left, 1))
    layers = (("relu1_1", 1.0), ("relu2_1", 1.0)) if kind == "vgg19" else ()
    recipe = changed(quick(kind), style={"layers": layers})
    result = _run(_canvas(RED, BLUE, regions=regions), recipe).picture
    vgg = Vgg("vgg19", random_state("vgg19"), ["relu1_1"])

    def distance(a: Tensor, b: Tensor) -> float:
        grams = [gram_matrix(vgg.forward(one.contiguous()).taps["relu1_1"]) for one in (a, b)]
        return float((grams[0] - grams[1]).norm())

    for half, own, other in ((result[..., :32], RED, BLUE), (result[..., 32:], BLUE, RED)):
        assert distance(half, own) < 0.5 * distance(half, other)


def test_a_region_without_a_style_keeps_the_content_bit_by_bit() -> None:
    left = torch.zeros(48, 64)
    left[:, :32] = 1
    canvas = _canvas(RED, regions=(Region(left, 0), Region(1 - left, None)))
    result = _run(canvas, quick("builtin")).picture
    assert torch.equal(result[..., 32:], CONTENT[..., 32:])
    assert float((result[..., :32] - CONTENT[..., :32]).abs().mean()) > 0.05


def test_a_soft_edge_blends() -> None:
    ramp = torch.linspace(1, 0, 64).expand(48, 64).contiguous()
    result = _run(_canvas(RED, regions=(Region(ramp, 0),)), quick("builtin")).picture
    change = (result - CONTENT).abs().mean(dim=(0, 1))
    assert float(change[:16].mean()) > float(change[24:40].mean()) > float(change[56:].mean())
    assert float(change[-1]) < 1e-6


def test_a_region_eroded_to_nothing_at_a_layer_drops_that_layer_and_says_so() -> None:
    spot = torch.zeros(48, 64)
    spot[20:32, 20:36] = 1
    canvas = _canvas(RED, regions=(Region(spot, 0),))
    recipe = changed(quick("vgg19"), style={"layers": (("relu1_1", 1.0), ("relu4_1", 1.0))})
    finished = _run(canvas, recipe)
    assert [note for note in finished.notes if "relu4_1" in note]
    assert not [note for note in finished.notes if "relu1_1" in note]
    assert "style relu1_1" in finished.losses
    assert "style relu4_1" not in finished.losses


def test_erosion_takes_the_reach_off_every_border_but_the_pictures_own() -> None:
    left = torch.zeros(10, 20)
    left[:, :12] = 1
    assert erode(left, 3)[0].tolist() == [1.0] * 9 + [0.0] * 11
    weights = layer_weights(left, None, 3, 5, 10)
    assert weights is not None
    assert weights[0].tolist() == [1, 1, 1, 1, 0.5, 0, 0, 0, 0, 0]


def test_the_reach_of_every_layer_is_what_a_gradient_confirms() -> None:
    """Only pixels within the reach of the middle feature have a gradient; the farthest do."""
    vgg = Vgg("vgg19", random_state("vgg19"), ["relu1_1", "relu2_1", "relu3_1", "relu4_1"])
    assert [vgg.reach(layer) for layer in vgg.layers] == [1, 4, 10, 30]
    bank = fit_patches([CONTENT], 3, filters=8)
    for extractor in (vgg, PatchPyramid(bank)):
        for layer in extractor.layers:
            tape = extractor.forward(picture(96, 96, 4))
            height, width = tape.taps[layer].shape[1:]
            assert extractor.size(layer, 96, 96) == (height, width)
            pull = torch.zeros_like(tape.taps[layer])
            pull[:, height // 2, width // 2] = 1
            touched = tape.backward({layer: pull}).abs().sum(dim=(0, 1)).nonzero()
            stride = 96 // width
            centre = width // 2 * stride
            reach = extractor.reach(layer)
            # A pooled position is stride pixels wide; the reach counts from its outermost ones.
            assert centre - reach <= int(touched.min())
            assert int(touched.max()) <= centre + stride - 1 + reach


def test_a_style_mask_takes_only_its_part() -> None:
    both = torch.cat([RED, BLUE], dim=2)
    mask = torch.zeros(48, 96)
    mask[:, :48] = 1
    canvas = Canvas(Picture(CONTENT), (Style(Picture(both), mask=mask),))
    whole = Canvas(Picture(CONTENT), (Style(Picture(both)),))
    recipe = quick("builtin")
    assert _redness(_run(canvas, recipe).picture) > _redness(_run(whole, recipe).picture) + 0.2


@pytest.mark.parametrize(
    ("regions", "words"),
    [
        ((Region(torch.ones(4, 4), 0),), "not the content's size"),
        ((Region(torch.ones(48, 64), 3),), "style 3, which is not there"),
        ((Region(torch.ones(48, 64), None),), "No region has a style"),
    ],
)
def test_regions_that_do_not_fit_are_refused(regions: tuple[Region, ...], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        _canvas(RED, regions=regions)


def test_regions_that_are_all_black_are_refused() -> None:
    with pytest.raises(SettingsError, match="are empty"):
        _run(_canvas(RED, regions=(Region(torch.zeros(48, 64), 0),)), quick("builtin"))


# --- several styles, scale and direction


@pytest.mark.parametrize("kind", KINDS)
def test_the_heavier_of_two_styles_decides_the_colour(kind: FeatureKind) -> None:
    def mixed(red: float, blue: float) -> float:
        pictures = (Style(Picture(RED), red), Style(Picture(BLUE), blue))
        return _redness(_run(Canvas(Picture(CONTENT), pictures), quick(kind)).picture)

    assert mixed(1, 0) > mixed(3, 1) + 0.05 > mixed(1, 3) + 0.15 > mixed(0, 1) + 0.2


def test_augmentation_knows_all_eight_directions_and_no_other() -> None:
    one = torch.arange(12.0).view(3, 2, 2)
    found = {tuple(v.flatten().tolist()) for v in variants(one, augment=True)}
    assert len(found) == 8
    assert variants(one, augment=False) == [one]


def test_an_augmented_style_gives_the_same_result_however_it_is_turned() -> None:
    recipe = changed(quick("vgg19"), style={"augment": True})
    first = _run(_canvas(RED), recipe).picture
    turned = _run(_canvas(torch.rot90(RED, 1, (1, 2)).contiguous()), recipe).picture
    torch.testing.assert_close(first, turned, rtol=0, atol=0.02)


# --- alpha


@pytest.mark.parametrize("kind", KINDS)
def test_transparent_positions_count_in_no_statistic(kind: FeatureKind) -> None:
    """The gradient of every term is that of a picture weighed by its alpha."""
    alpha = torch.ones(48, 64)
    alpha[:, 40:] = 0
    canvas = Canvas(Picture(CONTENT, alpha), (Style(Picture(RED)),))
    recipe = quick(kind)
    opaque = _run(_canvas(RED), recipe).losses
    seen = _run(canvas, recipe).losses
    assert seen["style"] != opaque["style"]
    weights = layer_weights(None, alpha, 30, 12, 16)
    assert weights is not None
    assert weights[0].tolist() == [1.0] * 10 + [0.0] * 6


# --- terms and optimisers


def test_total_variation_and_its_gradient_agree_with_autograd() -> None:
    pixels = picture(9, 11, dtype=torch.float64)
    live = pixels.clone().requires_grad_()
    reference = (live[:, 1:] - live[:, :-1]).pow(2).sum() + (live[:, :, 1:] - live[:, :, :-1]).pow(
        2
    ).sum()
    reference = reference / pixels.numel()
    (wanted,) = torch.autograd.grad(reference, live)
    loss, gradient = total_variation(pixels)
    assert float(loss) == pytest.approx(float(reference.detach()), rel=1e-12)
    torch.testing.assert_close(gradient, wanted, rtol=1e-12, atol=1e-14)


def test_more_total_variation_is_smoother() -> None:
    rough, smooth = (
        float(total_variation(_run(_canvas(RED), recipe).picture)[0])
        for recipe in (
            changed(quick("builtin"), regularisers={"total_variation": value})
            for value in (0.0, 50.0)
        )
    )
    assert smooth < 0.7 * rough


def test_averaged_iterates_are_steadier_than_the_last_one() -> None:
    """Around a noisy minimum the average is nearer to it."""
    noise = torch.Generator().manual_seed(1)
    start = torch.zeros(200, dtype=torch.float64)
    plain, averaged = Adam(start, 0.05), Adam(start, 0.05, averaging=0.95)
    for _ in range(300):
        gradient = (plain.ask() - 1) + torch.randn(200, generator=noise, dtype=torch.float64)
        plain.tell(1.0, gradient)
        averaged.tell(1.0, gradient)
    assert torch.equal(plain.ask(), averaged.ask())
    assert float((averaged.best() - 1).norm()) < 0.8 * float((averaged.ask() - 1).norm())


@pytest.mark.parametrize("statistic", ["gram", "moments", "mean-variance", "wasserstein"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_statistic_brings_the_style_nearer(kind: FeatureKind, statistic: str) -> None:
    recipe = changed(
        quick(kind),
        style={"statistic": statistic},
        start={"kind": "content"},
        schedule={"steps": 20},
    )
    one_step = replace(recipe, schedule=replace(recipe.schedule, steps=1))
    before, after = (_run(_canvas(RED), r).losses["style"] for r in (one_step, recipe))
    assert after < 0.8 * before
