"""The nearest-patch term: a picture made of the style's own patches, after a guide.

:func:`~gramarye.engine.nearest.repaint.repaint` minimises, over the picture x and the matches n,

    Σₚ ‖x[p] − s[n(p)]‖² + γ·Σₚ ‖g[p] − s[n(p)]‖²

for the 7×7 patches at all places p, the style s and a guide g, coarse to fine. It is the energy of
Kwatra et al. 2005 (*Texture Optimization for Example-based Synthesis*) and, with patches of pixels
in place of a network's features, the style term of Li & Wand 2016 (CNNMRF, arXiv:1601.04589).
"""

from .repaint import Repainted, Scene, repaint, rounds_in

__all__ = ["Repainted", "Scene", "repaint", "rounds_in"]
