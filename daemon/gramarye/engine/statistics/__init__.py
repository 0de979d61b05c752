"""The losses, each a statistic (:mod:`~gramarye.engine.statistics.base`) of a layer's features."""

from .base import RMSE_EPSILON, MomentSums, Sample, Statistic, Sums, count_of
from .content import Content, Spread
from .gram import Gram, GramSums, gram_matrix
from .mean_variance import MeanVariance
from .moments import Moments
from .wasserstein import Wasserstein

__all__ = [
    "RMSE_EPSILON", "Content", "Gram", "GramSums", "MeanVariance", "MomentSums", "Moments",
    "Sample", "Spread", "Statistic", "Sums", "Wasserstein", "count_of", "gram_matrix",
]  # fmt: skip
