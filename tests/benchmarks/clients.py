"""Many clients for minutes: whether the broker's memory grows, and how soon it answers.

The real daemon with a studio that gives the content back, so that the broker has as much to do as
it can have. Idle clients are connected and say nothing; active ones send one small layer after the
other, fetch the result and acknowledge it.
"""

from __future__ import annotations

import argparse
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from gramarye.service.client import Client
from gramarye_protocol import Finished, Settings, describe

from .service import PATIENCE, daemon

SIDE = 128
PAUSE_SECONDS = 0.1
PROBE_SECONDS = 0.1


def main() -> None:
    """Let them all work for a while, and print the curve, its slope and the answer times."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--idle", type=int, default=50)
    parser.add_argument("--active", type=int, default=20)
    options = parser.parse_args()
    end = threading.Event()
    answers: list[float] = []
    memory: list[tuple[float, float]] = []
    with daemon() as (address, pid), ExitStack() as stack:
        for number in range(options.idle):
            name = f"idle {number}"
            stack.enter_context(Client.connect(address, PATIENCE, artist=name))
        pool = stack.enter_context(ThreadPoolExecutor(options.active + 1))
        jobs = [pool.submit(_work, address, number, end) for number in range(options.active)]
        prober = pool.submit(_probe, address, answers, end)
        began = time.monotonic()
        print("\nminute   broker's own memory, MB")
        try:
            while (now := time.monotonic() - began) < 60 * options.minutes:
                memory.append((now / 60, _own_memory(pid)))
                if len(memory) % 6 == 1:
                    print(f"{memory[-1][0]:6.1f}   {memory[-1][1]:.2f}", flush=True)
                time.sleep(5)
        finally:
            end.set()
        done = sum(job.result() for job in jobs)
        prober.result()
    answers.sort()
    print(f"\n{done} jobs of {options.active} clients, beside {options.idle} idle ones")
    median, worst = (1000 * _at(answers, part) for part in (0.5, 0.99))
    print(f"status: median {median:.1f} ms, p99 {worst:.1f} ms")
    print(f"growth after the first minute: {_slope(memory):.3f} MB a minute (target: under 1)")


def _work(address: str, number: int, end: threading.Event) -> int:
    """One layer after the other; returns how many."""
    chance, done = random.Random(number), 0
    with Client.connect(address, PATIENCE, artist=f"active {number}") as client:
        while not end.is_set():
            pixels = chance.randbytes(SIDE * SIDE * 4)
            content = describe("content", SIDE, SIDE, "BGRA", "u8", pixels)
            style = describe("style", 16, 16, "RGB", "u8", bytes(768))
            job = client.submit(Settings(), [(content, pixels), (style, bytes(768))])
            for event in client.follow(job):
                if isinstance(event, Finished):
                    assert event.pixels == pixels
            client.received(job)
            done += 1
            end.wait(PAUSE_SECONDS)
    return done


def _probe(address: str, answers: list[float], end: threading.Event) -> None:
    with Client.connect(address, PATIENCE) as client:
        while not end.wait(PROBE_SECONDS):
            answers.append(_seconds(lambda: client.status(PATIENCE)))


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _own_memory(pid: int) -> float:
    """Anonymous pages of a process, in MB (Linux)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    [line] = [line for line in lines if line.startswith("RssAnon:")]
    return int(line.split()[1]) * 1024 / 1e6


def _at(ordered: list[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def _slope(memory: list[tuple[float, float]]) -> float:
    """MB a minute after the first minute, by least squares."""
    later = [(minute, size) for minute, size in memory if minute >= 1]
    if len(later) < 2:
        return float("nan")
    middle = sum(minute for minute, _ in later) / len(later)
    mean = sum(size for _, size in later) / len(later)
    over = sum((minute - middle) * (size - mean) for minute, size in later)
    return over / sum((minute - middle) ** 2 for minute, _ in later)


if __name__ == "__main__":
    main()
