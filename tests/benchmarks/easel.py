"""A studio that is as quick as can be, and yet shows how the picture stands."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence

from gramarye.engine.plan import Plan, Stage
from gramarye.moments import Begun, Rendered, Update
from gramarye.raster import Pixels
from gramarye.saved import Checkpoint
from gramarye_protocol import Settings, describe

from .service import Mirror

STEPS = 20
STEP_SECONDS = 0.1
_SIDE = 256


class Easel(Mirror):
    """Gives the content back after some steps, each with a preview as large as the real ones.

    ``settings.steps`` says how many.
    """

    def render(
        self,
        settings: Settings,
        planes: Sequence[Pixels],
        resume: Checkpoint | None = None,
        enough: Callable[[], bool] = lambda: False,
    ) -> Generator[Begun | Update | Rendered | None, None, None]:
        """The steps, and the content as the result, in its own layout and depth."""
        steps = settings.steps or STEPS
        plan = Plan((Stage(steps, STEP_SECONDS, 0.0),), 1 << 20)
        yield Begun(lambda: plan, lambda: _preview(0))
        for step in range(1, steps + 1):
            yield None
            time.sleep(STEP_SECONDS)
            yield Update(
                step, steps, {"total": 1 / step}, "full size", lambda step=step: _preview(step)
            )
            if enough():
                break
        plane, data = planes[0].plane, planes[0].data
        told = describe(
            "result", plane.width, plane.height, plane.layout, plane.dtype, data,
            offset_x=plane.offset_x, offset_y=plane.offset_y,
        )  # fmt: skip
        yield Rendered(Pixels(told, data), "builtin", "", {})


def _preview(step: int) -> Pixels:
    data = bytes((11 * step + place) % 256 for place in range(_SIDE)) * (3 * _SIDE)
    return Pixels(describe("preview", _SIDE, _SIDE, "RGB", "u8", data), data)
