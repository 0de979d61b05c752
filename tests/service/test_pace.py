"""How often the worker speaks, and what it says about the time left."""

from __future__ import annotations

import pytest

from gramarye.engine.plan import Stage
from gramarye.service.pace import Forecast, Pace


def test_a_pace_lets_through_one_in_so_many_seconds() -> None:
    pace = Pace(0.5)
    assert [now for now in range(10) if pace.due(now / 4)] == [0, 2, 4, 6, 8]


def test_there_is_no_forecast_from_the_first_step_which_loads_and_fits() -> None:
    assert Forecast().seconds_left(1, 10, now=60.0) is None


def test_even_steps_give_an_exact_forecast() -> None:
    forecast = Forecast()
    left = [forecast.seconds_left(step, 10, 60.0 + 2 * step) for step in range(1, 11)]
    assert left[1:] == pytest.approx([2.0 * (10 - step) for step in range(2, 11)])


def test_the_forecast_follows_when_steps_get_slower() -> None:
    forecast = Forecast()
    now, left = 0.0, 0.0
    for step in range(1, 41):
        now += 1.0 if step <= 20 else 4.0
        left = forecast.seconds_left(step, 60, now)
    assert left == pytest.approx(20 * 4.0, rel=0.05)


def test_steps_that_were_not_told_are_counted_all_the_same() -> None:
    forecast = Forecast()
    forecast.seconds_left(1, 11, 0.0)
    assert forecast.seconds_left(6, 11, 10.0) == pytest.approx(10.0)


PLAN = (Stage(10, 1.0, 2.0), Stage(10, 4.0, 1.0))


def forecasts(factor: float) -> list[tuple[float, float]]:
    """What is forecast after each step of the plan, and what is then really left, where steps take
    so many times as long as planned."""
    forecast, now, pairs = Forecast(PLAN), 0.0, []
    total = factor * sum(stage.preparation + stage.steps * stage.seconds for stage in PLAN)
    for place, stage in enumerate(PLAN):
        now += factor * stage.preparation
        for index in range(stage.steps):
            now += factor * stage.seconds
            left = forecast.seconds_left(10 * place + index + 1, 20, now)
            assert left is not None
            pairs.append((left, total - now))
    return pairs


def test_a_plan_that_holds_is_forecast_exactly_from_the_first_step_on() -> None:
    for left, really in forecasts(1.0):
        assert left == pytest.approx(really)


def test_a_plan_that_is_missed_alike_everywhere_is_forecast_ever_better() -> None:
    errors = [abs(left - really) / (really + 1) for left, really in forecasts(3.0)]
    assert errors[0] > 0.5
    assert errors[9] < 0.7 * errors[0]
    assert max(errors[17:]) < 0.1


@pytest.mark.parametrize(
    ("step", "steps"), [(11, 20), (4, 13)], ids=["its steps are left out", "the total falls"]
)
def test_an_octave_that_ended_early_is_no_sign_of_speed(step: int, steps: int) -> None:
    forecast = Forecast(PLAN)
    forecast.seconds_left(1, 20, 3.0)
    forecast.seconds_left(2, 20, 4.0)
    if steps < 20:
        assert forecast.seconds_left(3, steps, 5.0) == pytest.approx(1 + 10 * 4.0)
    assert forecast.seconds_left(step, steps, 10.0) == pytest.approx(9 * 4.0)
