"""Measurements, each run as ``python -m tests.benchmarks.NAME``; docs/benchmarks.md has results."""
