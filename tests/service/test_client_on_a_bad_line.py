"""The real daemon, a client, and a line between them that is cut again and again."""

from __future__ import annotations

import random

import pytest

from gramarye.service.client import Away, Client
from gramarye_protocol import Finished, Settings, describe

from .daemon import PATIENCE, Daemon
from .line import line_to
from .pictures import picture

WIDTH, HEIGHT = 1000, 500
CONTENT = random.Random(0).randbytes(WIDTH * HEIGHT * 4)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_layer_goes_there_and_back_over_a_line_that_is_cut(daemon: Daemon, seed: int) -> None:
    dice = random.Random(seed)
    budgets = [dice.randrange(200, 700_000) for _ in range(12)]
    plane = describe("content", WIDTH, HEIGHT, "BGRA", "u8", CONTENT)
    cut = 0
    with (
        line_to(daemon.address, budgets) as line,
        Client.connect(line.address, PATIENCE, artist="frida") as client,
    ):
        job = client.submit(Settings(steps=3), [(plane, CONTENT), picture("style")])
        for event in client.follow(job, wait=PATIENCE):
            cut += isinstance(event, Away)
            if isinstance(event, Finished):
                assert bytes(event.pixels) == bytes(255 - sample for sample in CONTENT)
        client.received(job)
    assert cut > 3
    with Client.connect(daemon.address, PATIENCE, artist="frida") as client:
        [report] = client.jobs(everybody=True)
        assert report.state == "done"
