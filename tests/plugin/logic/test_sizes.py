"""How large a picture is computed."""

from __future__ import annotations

import pytest

from gramarye_krita.errors import Refusal
from gramarye_krita.logic.sizes import LAYER_SIZE, fit, working_side


def test_a_layer_is_never_computed_larger_than_it_is() -> None:
    assert working_side(512, 2000, 1000) == 512
    assert working_side(512, 300, 200) == 300
    assert working_side(LAYER_SIZE, 2000, 3000) == 3000


def test_a_layer_without_room_for_a_pattern_is_refused() -> None:
    with pytest.raises(Refusal, match="only 15 × 1 pixels"):
        working_side(512, 15, 1)


def test_fitting_keeps_proportions_and_never_enlarges() -> None:
    assert fit(2000, 1000, 500) == (500, 250)
    assert fit(100, 50, 500) == (100, 50)
    assert fit(10_000, 1, 100) == (100, 1)
