"""Optimisers that are asked and told: no closures, so a job can stop between evaluations."""

from .adam import Adam
from .base import Optimiser
from .lbfgs import Lbfgs
from .precondition import preconditioner

__all__ = ["Adam", "Lbfgs", "Optimiser", "preconditioner"]
