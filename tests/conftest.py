"""What every test stands on: one small thread budget, so that runs are quick and alike."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "2")


def pytest_addoption(parser: pytest.Parser) -> None:
    """How long, and how, everything goes wrong at once."""
    parser.addoption("--chaos-jobs", type=int, default=200, help="so many jobs in the chaos test")
    parser.addoption("--chaos-seed", type=int, default=6, help="the chaos test's random seed")


@pytest.fixture
def chaos_jobs(request: pytest.FixtureRequest) -> int:
    """As many jobs as the chaos test is told to do."""
    return request.config.option.chaos_jobs


@pytest.fixture
def chaos_seed(request: pytest.FixtureRequest) -> int:
    """The seed that the chaos test is told."""
    return request.config.option.chaos_seed
