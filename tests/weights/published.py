"""The catalogue of a daemon under test: the one file whose entry the environment has as JSON."""

from __future__ import annotations

import json
import os
from dataclasses import asdict

from gramarye.weights.catalogue import Offer

VARIABLE = "GRAMARYE_TEST_OFFER"


def environment(offer: Offer) -> dict[str, str]:
    """What makes :data:`CATALOGUE` offer this, in another process."""
    return {VARIABLE: json.dumps(asdict(offer))}


def _read() -> dict[str, Offer]:
    told = json.loads(os.environ.get(VARIABLE, "null"))
    if told is None:
        return {}
    return {told["network"]: Offer(**{**told, "urls": tuple(told["urls"])})}


CATALOGUE = _read()
