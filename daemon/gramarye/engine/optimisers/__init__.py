"""Optimisers that are asked and told: no closures, so a job can stop between evaluations."""

from .adam import Adam
from .base import Optimiser
from .lbfgs import Lbfgs
from .precondition import preconditioner

LARGEST_FOR_PAIRS = 2048**2
"""Pixels up to which L-BFGS serves, whatever memory there is: its pairs take 24 bytes a pixel each.
A larger octave is Adam's: 48 bytes a pixel in all."""

__all__ = ["LARGEST_FOR_PAIRS", "Adam", "Lbfgs", "Optimiser", "preconditioner"]
