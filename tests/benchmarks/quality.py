"""Wall time to the loss that the plain implementation reaches after 300 evaluations.

The plain one is torch.optim.LBFGS as it comes (lr 1, history 100, no line search) from the content,
in NCHW float32 by autograd; ours is the recipe ``warm`` on VGG-19, likewise in float32. Both have
the same loss to minimise at full resolution. They work in turns, evaluation by evaluation, each on
its own clock, so that whatever slows the machine slows both; ours waits where it is ahead.

The pairs shown by default were kept out of all tuning.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import torch
from torch import Tensor

from gramarye.engine.canvas import Canvas, Style
from gramarye.engine.networks import VggNetwork
from gramarye.engine.picture import Picture
from gramarye.engine.presets import preset
from gramarye.engine.recipe import Recipe
from gramarye.engine.regularisers import RANGE_WEIGHT
from gramarye.engine.targets import build_objective
from gramarye.engine.transfer import Step, transfer

from .baseline import Baseline, State, load_state
from .pictures import pair
from .plot import Curve, plot
from .turns import machine

HELD_OUT = (("portrait", "brush"), ("cup", "watercolour"))
TUNED_ON = (("lakeside", "flow"), ("cup", "glass"), ("portrait", "woodcut"), ("lakeside", "mosaic"))
EVALUATIONS = 300
CLOCKS: dict[str, Callable[[], float]] = {"wall": time.perf_counter, "processor": time.process_time}
"""The processor's counts what this process computed: the wall's, with one thread and no other."""
AGREEMENT = 1e-2
"""Both sides' losses of one picture differ by less than this part, or they do not compare."""


@dataclass
class Side:
    """One side's clock, and what its full-resolution loss was when."""

    read: Callable[[], float]
    seconds: float = 0.0
    curve: list[tuple[float, float]] = field(default_factory=list)
    _since: float = 0.0

    def start(self) -> None:
        """Let the clock run."""
        self._since = self.read()

    def stop(self) -> None:
        """Let it stand."""
        self.seconds += self.read() - self._since


@dataclass(frozen=True)
class Outcome:
    """A pair's: seconds and lowest loss of the baseline, and what it took to come as low."""

    scene: str
    painting: str
    baseline_seconds: float
    loss: float
    seconds: float
    evaluations: tuple[int, ...]
    """At each octave, the coarsest first."""
    baseline_curve: list[tuple[float, float]]
    curve: list[tuple[float, float]]

    @property
    def ratio(self) -> float:
        """How many times sooner; 0 where the loss was never reached."""
        return self.baseline_seconds / self.seconds


def race(scene: str, painting: str, size: int, state: State, clock: Callable[[], float]) -> Outcome:
    """Both sides on one pair."""
    content, style = pair(size, scene, painting)
    recipe = preset("vgg19", "best")
    recipe = replace(recipe, schedule=replace(recipe.schedule, steps=EVALUATIONS, plateau=0.0))
    theirs, ours = Side(clock), Side(clock)
    theirs.start()
    baseline = Baseline(
        content,
        style,
        state,
        content_weight=recipe.content.weight,
        style_weight=recipe.style.weight,
        total_variation=recipe.regularisers.total_variation,
        range_weight=RANGE_WEIGHT,
    )
    theirs.stop()
    canvas = Canvas(Picture(content), (Style(Picture(style)),))
    network = VggNetwork(recipe, state, torch.device("cpu"))
    _check_agreement(baseline, canvas, recipe, network)
    counts: dict[int, int] = {}
    exact = None if network.precision != "bfloat16" else baseline
    steps = _steps(canvas, recipe, network, ours, counts, exact)
    theirs.start()

    def watch(_: int, loss: float, __: Tensor) -> None:
        theirs.stop()
        theirs.curve.append((theirs.seconds, loss))
        if not ours.curve or ours.curve[-1][1] > loss:
            next(steps, None)
        theirs.start()

    baseline.run(content, EVALUATIONS, watch)
    target = min(loss for _, loss in theirs.curve)
    while not (ours.curve and ours.curve[-1][1] <= target) and next(steps, None):
        pass
    reached = [place for place, (_, loss) in enumerate(ours.curve) if loss <= target]
    full = counts.pop(0)
    coarse = tuple(counts[octave] for octave in sorted(counts, reverse=True))
    return Outcome(
        scene,
        painting,
        theirs.seconds,
        target,
        ours.curve[reached[0]][0] if reached else math.inf,
        (*coarse, reached[0] + 1 if reached else full),
        theirs.curve,
        ours.curve,
    )


def _steps(
    canvas: Canvas,
    recipe: Recipe,
    network: VggNetwork,
    side: Side,
    counts: dict[int, int],
    exact: Baseline | None,
) -> Iterator[bool]:
    """The transfer on the side's clock, which stands between its steps.

    What was computed in bfloat16 is judged in float32, by ``exact``, while the clock stands.
    """
    side.start()
    for moment in transfer(canvas, recipe, network):
        if not isinstance(moment, Step):
            continue
        side.stop()
        counts[moment.octave] = counts.get(moment.octave, 0) + 1
        if moment.octave == 0:
            loss = moment.losses["total"]
            if exact is not None:
                with torch.no_grad():
                    loss = float(exact.loss(moment.preview()))
            side.curve.append((side.seconds, loss))
        yield True
        side.start()


def _check_agreement(
    baseline: Baseline, canvas: Canvas, recipe: Recipe, network: VggNetwork
) -> None:
    pixels = canvas.content.colour
    parts = build_objective(network.at(0), canvas, recipe).evaluate(pixels)
    while True:
        try:
            next(parts)
        except StopIteration as stop:
            ours = stop.value.loss
            break
    theirs, _ = baseline.evaluate(pixels)
    if abs(ours - theirs) > AGREEMENT * theirs:
        raise SystemExit(f"The losses do not agree: {ours} and {theirs}.")


def main() -> None:
    """Race, print, plot."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--size", type=int, default=512, help="256 is the quick look")
    parser.add_argument("--clock", choices=CLOCKS, default="wall", help="what to measure time by")
    parser.add_argument("--all", action="store_true", help="also the pairs that were tuned on")
    parser.add_argument("--weights", type=Path, help="a checkpoint; without, random He weights")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the curves here too")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw loss against time as PNG")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    told = ", ".join(f"{name} {value}" for name, value in machine().items())
    print(f"Time to the baseline's loss at {options.size}² ({told})\n")
    print(
        f"{'pair':22}  {'loss':>9}  {'baseline s':>10}  {'ours s':>8}  {'evaluations':>16}  ratio"
    )
    outcomes: list[Outcome] = []
    state = load_state(options.weights)
    for scene, painting in HELD_OUT + (TUNED_ON if options.all else ()):
        one = race(scene, painting, options.size, state, CLOCKS[options.clock])
        outcomes.append(one)
        counts = " + ".join(map(str, one.evaluations))
        print(
            f"{scene + ', ' + painting:22}  {one.loss:9.5f}  {one.baseline_seconds:8.1f}  "
            f"{one.seconds:8.1f}  {counts:>16}  {one.ratio:5.2f}",
            flush=True,
        )
    if options.json:
        told = {"machine": machine(), "size": options.size, "pairs": list(map(asdict, outcomes))}
        options.json.write_text(json.dumps(told) + "\n")
    if options.plot:
        title = [f"{one.scene}, {one.painting} at {options.size} px" for one in outcomes]
        curves = [
            [Curve("torch.optim.LBFGS", one.baseline_curve), Curve("Gramarye", one.curve)]
            for one in outcomes
        ]
        plot(options.plot, list(zip(title, curves, strict=True)))
    print(f"\nratio: {min(one.ratio for one in outcomes):.3f}")


if __name__ == "__main__":
    main()
