"""Taking a checkpoint that the user already has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..engine.convention import CONVENTIONS, State
from ..engine.weights import load_weights
from .errors import KeptError, StoreError
from .label import read_label
from .lock import only_writer
from .part import digest
from .store import Origin, intact, store, stored_path


class UnclearInputError(StoreError):
    """A file that does not show which input its network expects."""

    code = "weights-unclear"


@dataclass(frozen=True)
class Imported:
    """What was stored, and how its convention is known."""

    network: str
    path: Path
    convention: str
    evidence: str


def import_weights(
    file: Path, directory: Path, convention: str | None = None, *, replace: bool = False
) -> Imported:
    """Store the convolutions of ``file`` in ``directory``, with the input that they expect.

    Args:
        convention: ``torchvision`` or ``caffe``, where the user knows; else it is recognised.
        replace: take the place of other weights of the same network.

    Raises:
        WeightsError: no checkpoint of a VGG. UnclearInputError: ``convention`` must be said.
        KeptError: weights are already there. DiskError: they cannot be written.
    """
    network, state = load_weights(file)
    if convention is not None:
        state = State(state, CONVENTIONS[convention], "you said so")
    elif not state.evidence:
        raise UnclearInputError(
            f"{file} does not show which input its network expects: add --convention torchvision "
            "if it was trained with PyTorch, --convention caffe if it was converted from Caffe."
        )
    origin = Origin(str(file.absolute()), digest(file))
    with only_writer(directory, network):
        path = stored_path(directory, network)
        if not replace and intact(path, network) and not _same(path, origin, state):
            raise KeptError(
                f"{path} already holds other weights of {network}: add --replace to replace them."
            )
        store(directory, network, state, origin)
    return Imported(network, path, state.convention.name, state.evidence)


def _same(path: Path, origin: Origin, state: State) -> bool:
    label = read_label(path)
    return label.source_sha256 == origin.sha256 and label.convention == state.convention
