"""What a job is said to take, against what torch counts and what the system tells."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from gramarye.engine.canvas import Canvas, Style
from gramarye.engine.cost import Job, Rates, largest_side, peak_memory, plan
from gramarye.engine.networks import Network, PatchNetwork, VggNetwork
from gramarye.engine.picture import Picture
from gramarye.engine.plan import Plan, Stage
from gramarye.engine.presets import preset
from gramarye.engine.recipe import FeatureKind, Recipe, Schedule
from gramarye.engine.targets import build_objective
from gramarye.engine.transfer import Step, transfer, work_octaves

from .helpers import SLIM_WIDTHS, changed, picture, random_state

CPU = torch.device("cpu")
RATES = Rates(fixed=0.01, flops=1e11, fit=1e-8)
SIDE = 64
WIDE = (32,) * 16
HONEST = 3.0
"""The peak of a small job's memory is within this factor of what was said."""


def network(recipe: Recipe, canvas: Canvas, widths: tuple[int, ...] | None = None) -> Network:
    if recipe.features.kind == "builtin":
        return PatchNetwork.fitted(canvas, recipe, CPU)
    return VggNetwork(recipe, random_state(recipe.features.kind, widths), CPU)


def canvas_of(side: int) -> Canvas:
    return Canvas(Picture(picture(side, side, 1)), (Style(Picture(picture(side, side, 2))),))


def job_of(recipe: Recipe, side: int = SIDE) -> Job:
    widths = SLIM_WIDTHS.get(recipe.features.kind, ())
    return Job(recipe, (side, side), ((side, side),), widths=widths)


def counted(recipe: Recipe) -> int:
    """The floating-point operations of one evaluation, as torch counts them."""
    canvas = canvas_of(SIDE)
    objective = build_objective(network(recipe, canvas).at(0), canvas, recipe)
    with FlopCounterMode(display=False) as counter:
        list(objective.evaluate(canvas.content.colour))
    return counter.get_total_flops()


@pytest.mark.parametrize("kind", ["builtin", "vgg16", "vgg19"])
def test_the_work_of_an_evaluation_is_what_torch_counts(
    kind: FeatureKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gramarye.engine.convolution.onednn_fuses", lambda dtype: False)
    recipe = changed(preset(kind), features={"precision": "exact"})  # no products saved
    said = job_of(recipe).evaluation_flops(0) * SIDE**2
    # torch's pooling and blur are not in the count, borders and matrices of C × C not in ours.
    assert said == pytest.approx(counted(recipe), rel=0.15)


def test_layers_behind_the_last_one_in_use_cost_nothing() -> None:
    recipe = preset("vgg19")
    early = replace(
        recipe,
        content=replace(recipe.content, layers=(("relu2_1", 1.0),)),
        style=replace(recipe.style, layers=(("relu1_1", 1.0),)),
    )
    assert job_of(early).layers(0)[-1].name == "relu2_1"
    assert job_of(early).evaluation_flops(0) < job_of(recipe).evaluation_flops(0) / 2


def test_the_original_vgg19_takes_what_its_paper_gives_it() -> None:
    job = Job(preset("vgg19"), (224, 224), ((224, 224),))
    # 64·3·9 + 64·64·9 + (128·64·9 + 128·128·9)/4 + … multiplications and additions a pixel.
    assert job.forward_flops(0) == pytest.approx(722_304, rel=1e-3)


@pytest.mark.parametrize("kind", ["builtin", "vgg19"])
def test_twice_the_side_is_four_times_the_work(kind: FeatureKind) -> None:
    rates = replace(RATES, fixed=0.0, fit=0.0)
    one_size = replace(preset(kind), schedule=Schedule(coarsest=1 << 16))
    small, large = (plan(job_of(one_size, side), rates).seconds for side in (256, 512))
    assert large == pytest.approx(4 * small, rel=0.02)


def test_a_coarse_octave_takes_a_quarter_of_the_next() -> None:
    job = replace(job_of(preset("vgg19"), 512), octaves=3)
    coarse, middle, fine = (s.seconds for s in plan(job, replace(RATES, fixed=0.0)).stages)
    assert (middle, fine) == pytest.approx((4 * coarse, 16 * coarse))


def test_a_better_quality_takes_longer_and_a_correction_all_of_it() -> None:
    draft, good, best = (
        plan(job_of(preset("vgg19", quality), 256), RATES).seconds
        for quality in ("draft", "good", "best")
    )
    assert draft < good < best
    corrected = replace(RATES, correction=2.0)
    assert plan(job_of(preset("vgg19"), 256), corrected).seconds == pytest.approx(2 * good)


def test_regions_and_turned_styles_take_longer() -> None:
    job = job_of(preset("builtin"), 256)
    turned = replace(job.recipe, style=replace(job.recipe.style, augment=True))
    alone = plan(job, RATES).seconds
    assert plan(replace(job, guides=3), RATES).seconds > alone
    assert plan(replace(job, recipe=turned), RATES).seconds > alone


def test_the_plan_has_the_steps_that_the_transfer_makes() -> None:
    recipe = replace(preset("builtin"), schedule=Schedule(coarsest=32, steps=3, coarse_steps=2))
    canvas = canvas_of(128)
    octaves = work_octaves(canvas, recipe.schedule.coarsest, PatchNetwork.smallest_side)
    told = plan(replace(job_of(recipe, 128), octaves=octaves), RATES)
    moments = list(transfer(canvas, recipe, network(recipe, canvas)))
    steps = [moment for moment in moments if isinstance(moment, Step)]
    assert told.steps == steps[-1].total == 7
    assert [stage.steps for stage in told.stages] == [2, 2, 3]


def test_painting_with_patches_is_planned_too() -> None:
    schedule = Schedule(coarsest=32, steps=3, coarse_steps=2)
    recipe = replace(preset("builtin", name="crisp"), schedule=schedule)
    canvas = canvas_of(64)
    told = plan(replace(job_of(recipe, 64), octaves=2), RATES)
    moments = list(transfer(canvas, recipe, network(recipe, canvas)))
    steps = [moment for moment in moments if isinstance(moment, Step)]
    assert told.steps == steps[-1].total
    assert [stage.steps for stage in told.stages] == [2, 3, 4, 6]
    assert told.stages[3].seconds == pytest.approx(4 * told.stages[2].seconds)


def test_the_seconds_of_a_plan_are_those_of_its_stages() -> None:
    assert Plan((Stage(2, 1.0, 0.5), Stage(3, 4.0, 1.0)), 0).seconds == 15.5


def test_a_job_that_took_twice_as_long_is_believed_little_by_little() -> None:
    rates, job = RATES, job_of(preset("vgg19"), 256)
    truth = 2 * plan(job, RATES).seconds
    errors = []
    for _ in range(12):
        promised = plan(job, rates).seconds
        errors.append(abs(promised - truth))
        rates = rates.learned(promised, truth)
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.05 * truth
    assert errors[1] > 0.5 * errors[0]


@pytest.mark.parametrize("took", [1e-9, 1e9])
def test_one_absurd_job_does_not_spoil_the_estimates(took: float) -> None:
    assert 0.4 < RATES.learned(1.0, took).correction < 2.1


@pytest.mark.parametrize("kind", ["builtin", "vgg19"])
def test_memory_grows_with_what_is_kept(kind: FeatureKind) -> None:
    job = job_of(preset(kind), 512)
    search = job.recipe.search
    longer = replace(job.recipe, search=replace(search, history=24))
    assert peak_memory(job_of(job.recipe, 1024)) > 2 * peak_memory(job)
    assert peak_memory(replace(job, recipe=longer)) > peak_memory(job)
    if kind == "vgg19":
        assert peak_memory(replace(job, widths=())) > 2 * peak_memory(job)


@pytest.mark.parametrize("kind", ["builtin", "vgg19"])
def test_the_largest_side_that_fits_does_and_the_next_does_not(kind: FeatureKind) -> None:
    job = job_of(preset(kind), 2048)
    free = peak_memory(job_of(preset(kind), 1000))
    side = largest_side(job, lambda one: peak_memory(one) <= free)
    assert side == 992
    assert peak_memory(job_of(preset(kind), side)) <= free
    assert peak_memory(job_of(preset(kind), side + 16)) > free
    assert largest_side(job, lambda _: False) == 0


PEAK = """
import sys
import torch
from gramarye.engine.device import PeakMemory
from gramarye.engine.presets import preset
from gramarye.engine.transfer import transfer
from tests.engine.test_cost import WIDE, canvas_of, one_octave, network

kind, side = sys.argv[1], int(sys.argv[2])
recipe, canvas = one_octave(kind), canvas_of(side)
vgg = None if kind == "builtin" else network(recipe, canvas, WIDE)
watch = PeakMemory(torch.device("cpu"))
for _ in transfer(canvas, recipe, vgg or network(recipe, canvas)):
    pass
print(watch.bytes())
"""


def one_octave(kind: FeatureKind) -> Recipe:
    return replace(preset(kind), schedule=Schedule(coarsest=1 << 16, steps=4))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak of the memory")
@pytest.mark.parametrize(("kind", "side"), [("builtin", 256), ("vgg19", 512)])
def test_a_job_takes_about_as_much_memory_as_was_said(kind: FeatureKind, side: int) -> None:
    root = Path(__file__).parents[2]
    told = subprocess.run(
        [sys.executable, "-c", PEAK, kind, str(side)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    job = job_of(one_octave(kind), side)
    said = peak_memory(job if kind == "builtin" else replace(job, widths=WIDE))
    assert said / HONEST < int(told.stdout) < said * HONEST
