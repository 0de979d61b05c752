"""Studios for tests of the service: they paint nothing, but slowly, wrongly or not at all.

A job's seed says what is to happen, its steps how long it takes.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

from gramarye.engine.plan import Plan, Stage
from gramarye.moments import Begun, Quote, Rendered, Update
from gramarye.raster import Pixels
from gramarye.saved import Checkpoint
from gramarye.service.task import Moment
from gramarye_protocol import Plane, Settings, describe

PAINT, DIE, STUMBLE, REFUSE, FREEZE, FREEZE_ONCE = range(6)
ENDLESS = 100_000
STEP_SECONDS = 0.005


class SlowStudio:
    """Inverts the content, in as many steps as it is told."""

    def __init__(self, device: str, weights: Path | None) -> None:
        self.device_name = f"easel ({device})"
        self.features = "builtin"
        self.available = ("builtin",)
        self.notice = "This is a test."
        self.memory: int | None = None
        self._once = Path(f"{os.environ.get('GRAMARYE_TEST_MARK', '')}.once")

    def warm(self) -> None:
        """There is nothing to load."""

    def rehearse(self) -> None:
        """Nor to measure."""

    def look_again(self) -> None:
        """There is nothing to find."""

    def is_lost(self, error: Exception) -> bool:
        """Nothing can be lost."""
        return False

    def lend(self, devices: Sequence[str]) -> None:
        """Nothing can be shared."""

    @property
    def borrowing(self) -> bool:
        """Nothing is used."""
        return False

    def quote(self, settings: Settings, planes: Sequence[Plane]) -> Quote:
        """What the steps take."""
        return Quote((settings.steps or 3) * STEP_SECONDS, 1 << 20, "untiled")

    def render(
        self,
        settings: Settings,
        planes: Sequence[Pixels],
        resume: Checkpoint | None = None,
        enough: Callable[[], bool] = lambda: False,
    ) -> Generator[Moment, None, None]:
        """Do what the seed says, from the step on at which it was left."""
        steps = settings.steps or 3
        first = 1 if resume is None else int(resume.about["step"]) + 1
        content = planes[0]
        yield Begun(lambda: Plan((Stage(steps, STEP_SECONDS, 0.0),), 1 << 20), _preview)
        for step in range(first, steps + 1):
            yield None
            time.sleep(STEP_SECONDS)
            saved = Checkpoint({}, {"step": step})
            yield Update(
                step, steps, {"total": 1 / step}, "full size", _preview, lambda saved=saved: saved
            )
            _misbehave(settings.seed or 0, self._once)
            if enough():
                break
        plane, data = content.plane, bytes(255 - sample for sample in content.data)
        result = describe(
            "result",
            plane.width,
            plane.height,
            plane.layout,
            plane.dtype,
            data,
            offset_x=plane.offset_x,
            offset_y=plane.offset_y,
        )
        yield Rendered(Pixels(result, data), "builtin", "Made for a test.", {"total": 0.0})


def _preview() -> Pixels:
    return Pixels(describe("preview", 2, 1, "RGB", "u8", bytes(6)), bytes(6))


def _misbehave(seed: int, once: Path) -> None:
    if seed == FREEZE_ONCE and not once.exists():
        once.touch()
        os.kill(os.getpid(), signal.SIGSTOP)
    if seed == DIE:
        os.kill(os.getpid(), signal.SIGKILL)
    if seed == STUMBLE:
        raise KeyError("nobody foresaw this")
    if seed == REFUSE:
        from gramarye.engine.errors import PictureError

        raise PictureError("This picture cannot be painted.")
    if seed == FREEZE:
        os.kill(os.getpid(), signal.SIGSTOP)


def no_weights(device: str, weights: Path | None) -> SlowStudio:
    """A studio that can never open."""
    from gramarye.engine.errors import WeightsError

    raise WeightsError(f"{weights} holds no weights.")


def stillborn(device: str, weights: Path | None) -> SlowStudio:
    """A studio whose process dies while it opens."""
    os._exit(3)
