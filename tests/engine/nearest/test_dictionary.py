"""The style's patches and their keys: what may be matched, and that keys measure patches."""

from __future__ import annotations

import torch
from torch import Tensor

from gramarye.engine.nearest.dictionary import FAR, LABEL, SIDE, Dictionary, keys_of

from ..helpers import picture


def _generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def _used(dictionary: Dictionary) -> Tensor:
    """Which places may be matched, ``(h, w)``."""
    return (dictionary.keys[:, 0] != FAR).view(dictionary.size)


def test_there_is_a_key_for_each_patch() -> None:
    style = picture(20, 30)
    dictionary = Dictionary.of([(style, None)], _generator())
    assert dictionary.size == (14, 24)
    assert dictionary.keys.shape == (14 * 24, 32)
    assert _used(dictionary).all()
    corner = keys_of(style[:, 3:10, 5:12], dictionary.basis)
    torch.testing.assert_close(dictionary.keys[3 * 24 + 5], corner[0])


def test_a_nearer_patch_has_a_nearer_key() -> None:
    style = picture(40, 40)
    dictionary = Dictionary.of([(style, None)], _generator())
    patch = style[:, 10:17, 10:17]
    grain = torch.randn(patch.shape, generator=_generator())
    keys = [keys_of(patch + size * grain, dictionary.basis) for size in (0.0, 0.02, 0.1, 0.4)]
    distances = [float((key - keys[0]).square().sum()) for key in keys[1:]]
    assert distances == sorted(distances)
    assert distances[0] > 0


def test_a_patch_across_two_pictures_is_never_used() -> None:
    dictionary = Dictionary.of([(picture(20, 12), None), (picture(16, 10), None)], _generator())
    wanted = torch.zeros(14, 16, dtype=torch.bool)
    wanted[:, :6] = True  # the first picture's patches, 20 - 6 by 12 - 6
    wanted[:10, 12:] = True  # the second's, from column 12 on
    assert torch.equal(_used(dictionary), wanted)


def test_only_patches_that_are_wholly_usable_are_used() -> None:
    usable = torch.zeros(20, 20)
    usable[:, :12] = 1
    dictionary = Dictionary.of([(picture(20, 20), usable)], _generator())
    assert torch.equal(_used(dictionary).any(0), torch.arange(14) < 12 - SIDE + 1)


def test_of_a_style_without_one_usable_patch_the_most_visible_serve() -> None:
    usable = torch.zeros(20, 20)
    usable[8:10, 8:10] = 0.3
    used = _used(Dictionary.of([(picture(20, 20), usable)], _generator()))
    wanted = torch.zeros(14, 14, dtype=torch.bool)
    wanted[5:7, 5:7] = True
    assert torch.equal(used, wanted)


def test_a_label_says_which_style_a_patch_is_of() -> None:
    sources = [(picture(20, 12), None), (picture(16, 10), None)]
    dictionary = Dictionary.of(sources, _generator(), labelled=True)
    labels = dictionary.keys[:, -2:].view(*dictionary.size, 2)
    assert torch.equal(labels[0, 0], torch.tensor([LABEL, 0.0]))
    assert torch.equal(labels[0, 12], torch.tensor([0.0, LABEL]))


def test_one_flat_colour_makes_finite_keys() -> None:
    dictionary = Dictionary.of([(torch.full((3, 16, 16), 0.5), None)], _generator())
    assert dictionary.keys.isfinite().all()
