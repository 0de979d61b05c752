"""Optimisers on functions whose minima are known, stopped and resumed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from gramarye.engine.optimisers import Adam, Lbfgs, Optimiser


def _rosenbrock(point: Tensor) -> tuple[float, Tensor]:
    live = point.detach().requires_grad_()
    loss = ((1 - live[:-1]) ** 2 + 100 * (live[1:] - live[:-1] ** 2) ** 2).sum()
    (gradient,) = torch.autograd.grad(loss, live)
    return loss.item(), gradient


def _bowl(point: Tensor) -> tuple[float, Tensor]:
    scales = torch.logspace(0, 3, point.numel(), dtype=point.dtype).view_as(point)
    return float((scales * (point - 2).square()).sum()) / 2, scales * (point - 2)


def _run(
    optimiser: Optimiser, function: Callable[[Tensor], tuple[float, Tensor]], most: int
) -> int:
    for evaluation in range(most):
        if optimiser.converged:
            return evaluation
        optimiser.tell(*function(optimiser.ask()))
    return most


START = torch.full((12,), -1.2, dtype=torch.float64)
MAKERS: dict[str, Callable[[Tensor], Optimiser]] = {"lbfgs": Lbfgs, "adam": Adam}


def test_lbfgs_finds_the_minimum_of_rosenbrocks_valley() -> None:
    optimiser = Lbfgs(START)
    evaluations = _run(optimiser, _rosenbrock, 600)
    assert evaluations < 600
    torch.testing.assert_close(optimiser.best(), torch.ones_like(START), rtol=0, atol=1e-8)


def test_lbfgs_needs_no_more_evaluations_than_torchs_own() -> None:
    point = START.clone().requires_grad_()
    theirs = torch.optim.LBFGS(
        [point],
        max_iter=600,
        max_eval=600,
        history_size=12,
        line_search_fn="strong_wolfe",
        tolerance_grad=1e-9,
        tolerance_change=0,
    )
    counted = 0

    def closure() -> Tensor:
        nonlocal counted
        counted += 1
        theirs.zero_grad()
        loss = ((1 - point[:-1]) ** 2 + 100 * (point[1:] - point[:-1] ** 2) ** 2).sum()
        loss.backward()
        return loss

    theirs.step(closure)  # type: ignore[arg-type]
    ours = Lbfgs(START)
    evaluations = 0
    while _rosenbrock(ours.best())[1].abs().max() > 1e-9:
        ours.tell(*_rosenbrock(ours.ask()))
        evaluations += 1
    assert evaluations <= 1.5 * counted


@pytest.mark.parametrize("name", MAKERS)
def test_the_best_point_is_the_told_one_of_the_lowest_loss(name: str) -> None:
    optimiser = MAKERS[name](START)
    losses: list[float] = []
    for _ in range(120):
        loss, gradient = _rosenbrock(optimiser.ask())
        optimiser.tell(loss, gradient)
        losses.append(loss)
        best, _ = _rosenbrock(optimiser.best())
        assert best == pytest.approx(min(losses), rel=1e-9)


def test_adam_comes_close_on_a_badly_scaled_bowl() -> None:
    optimiser = Adam(START, rate=0.05)
    _run(optimiser, _bowl, 800)
    assert float((optimiser.best() - 2).abs().max()) < 0.05


def test_lbfgs_that_starts_at_the_minimum_still_has_a_result() -> None:
    optimiser = Lbfgs(torch.full((4,), 2.0, dtype=torch.float64))
    optimiser.tell(*_bowl(optimiser.ask()))
    assert optimiser.converged
    assert optimiser.best().tolist() == [2.0] * 4
    optimiser.tell(*_bowl(optimiser.ask()))  # telling more does no harm
    assert optimiser.best().tolist() == [2.0] * 4


def test_lbfgs_gives_up_where_nothing_lowers_the_loss() -> None:
    """A gradient that points the wrong way: no step along it helps, and the start is the result."""
    start = torch.ones(3, dtype=torch.float64)
    optimiser = Lbfgs(start)
    for _ in range(100):
        point = optimiser.ask()
        optimiser.tell(float((point - start).square().sum()), torch.ones_like(point))
        if optimiser.converged:
            break
    assert optimiser.converged
    torch.testing.assert_close(optimiser.best(), start)


@pytest.mark.parametrize("name", MAKERS)
def test_asking_twice_gives_the_same_point(name: str) -> None:
    optimiser = MAKERS[name](START)
    optimiser.tell(*_rosenbrock(optimiser.ask()))
    assert torch.equal(optimiser.ask(), optimiser.ask())


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("stop", [0, 1, 2, 7, 30])
def test_a_saved_optimiser_goes_on_with_the_same_bits(name: str, stop: int) -> None:
    straight = MAKERS[name](START)
    stopped = MAKERS[name](START)
    for _ in range(stop):
        straight.tell(*_rosenbrock(straight.ask()))
        stopped.tell(*_rosenbrock(stopped.ask()))
    resumed = MAKERS[name](torch.zeros_like(START))
    resumed.load_state_dict(stopped.state_dict())
    for _ in range(25):
        assert torch.equal(resumed.ask(), straight.ask())
        straight.tell(*_rosenbrock(straight.ask()))
        resumed.tell(*_rosenbrock(resumed.ask()))
    assert torch.equal(resumed.best(), straight.best())


@pytest.mark.parametrize("name", MAKERS)
def test_an_optimiser_leaves_the_start_it_was_given_alone(name: str) -> None:
    start = START.clone()
    optimiser = MAKERS[name](start)
    _run(optimiser, _rosenbrock, 5)
    assert torch.equal(start, START)


def _level(point: Tensor) -> tuple[float, Tensor]:
    """A bowl under a plain of height one: what it loses soon counts for nothing."""
    loss, gradient = _bowl(point)
    return 1 + 1e-3 * loss, 1e-3 * gradient


def test_lbfgs_stops_on_a_plateau() -> None:
    impatient = Lbfgs(START, plateau=1e-4)
    stopped = _run(impatient, _level, 400)
    assert 11 <= stopped < _run(Lbfgs(START), _level, 400)
    assert _level(impatient.best())[0] < 1.01


def test_pairs_from_elsewhere_spare_lbfgs_the_evaluations_that_found_them() -> None:
    first = Lbfgs(START)
    _run(first, _bowl, 25)
    fresh, taught = Lbfgs(START + 1), Lbfgs(START + 1)
    for displacement, change in first.pairs:
        taught.learn(displacement, change)
    for optimiser in (fresh, taught):
        _run(optimiser, _bowl, 8)
    assert _bowl(taught.best())[0] < 0.1 * _bowl(fresh.best())[0]


def test_a_pair_without_positive_curvature_is_not_taken() -> None:
    optimiser = Lbfgs(START)
    optimiser.learn(torch.ones_like(START), -torch.ones_like(START))
    assert optimiser.pairs == []
