"""Every depth through the whole way: Krita, the plugin, the real daemon, and back into Krita."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import harness
import numpy as np
import pytest

ARTEFACTS = harness.HERE.parents[1] / "test-artefacts" / "krita"
KINDS = {"U8": "<u1", "U16": "<u2", "F32": "<f4"}
CHANNELS = {"RGBA": 4, "GRAYA": 2, "CMYKA": 5}
SPACES = [("RGBA", "U16"), ("RGBA", "F32"), ("GRAYA", "U8"), ("CMYKA", "U8")]
FINE = [("RGBA", "U16"), ("RGBA", "F32")]


@pytest.fixture(scope="module")
def noted(
    warm_home: harness.Home,
    screen: str,
    daemon: str,
    pictures: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Any]:
    home = warm_home.copy(tmp_path_factory.mktemp("depths") / "home")
    home.configure("gramarye_krita", address=daemon)
    style = str(pictures / "style.png")
    return harness.run(home, screen, "depths", ARTEFACTS, style=style, spaces=SPACES)


def samples(noted: dict[str, Any], key: str, space: tuple[str, str]) -> np.ndarray:
    """A noted layer as rows of pixels."""
    model, depth = space
    data = np.frombuffer(bytes.fromhex(noted[" ".join(space)][key]), KINDS[depth])
    return data.reshape(160, 256, CHANNELS[model])


@pytest.mark.parametrize("space", SPACES, ids=" ".join)
def test_a_layer_is_painted_in_its_own_space_with_its_own_alpha(
    noted: dict[str, Any], space: tuple[str, str]
) -> None:
    one = noted[" ".join(space)]
    given, result = samples(noted, "given", space), samples(noted, "result", space)
    assert one["said"].startswith("Done in")
    assert one["spaces"] == [True, *space]
    np.testing.assert_array_equal(result[..., -1], given[..., -1])
    top = {"U8": 255, "U16": 65535}.get(space[1], 1)
    changed = np.abs(result[..., :-1].astype(float) - given[..., :-1]) / top
    assert changed.mean() > 0.02
    assert one["undone"] == [["Background"], "Undo"]
    assert one["source after undo"] is True


@pytest.mark.parametrize("space", FINE, ids=" ".join)
def test_more_than_8_bits_stay_more_than_8_bits(
    noted: dict[str, Any], space: tuple[str, str]
) -> None:
    """Neither few values in all, nor values that 8 bits could have told as well."""
    given, result = samples(noted, "given", space), samples(noted, "result", space)
    scale = 257 if space[1] == "U16" else 1 / 255
    for channel in range(3):
        assert len(np.unique(given[..., channel])) > 4096
        assert len(np.unique(result[..., channel])) > 4096
        steps = result[..., channel].astype(float) / scale
        assert (np.abs(steps - np.round(steps)) < 0.001).mean() < 0.1
    assert np.isfinite(result.astype(float)).all()
