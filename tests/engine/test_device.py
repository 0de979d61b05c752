"""What an error says of its device."""

from __future__ import annotations

import pytest
import torch

from gramarye.engine.device import is_lost, is_memory_short
from gramarye.engine.errors import CheckpointError, MemoryShortError

_MORE = (
    "\nCUDA kernel errors might be asynchronously reported at some other API call, so the "
    "stacktrace below might be incorrect.\n"
    "Compile with `TORCH_USE_CUDA_DSA` to enable device-side assertions."
)

LOST = [
    "CUDA error: an illegal memory access was encountered",
    "CUDA error: unspecified launch failure",
    "CUDA error: device-side assert triggered",
    "CUDA error: misaligned address",
    "CUDA error: uncorrectable ECC error encountered",
    "CUDA error: the launch timed out and was terminated",
    "CUDA error: unknown error",
    "CUDA error: no CUDA-capable device is detected",
    "CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasSgemm( handle, opa, opb)`",
    "CUDA driver error: device not ready",
    "HIP error: the operation cannot be performed in the present state",
    "cuDNN error: CUDNN_STATUS_EXECUTION_FAILED",
    "level_zero backend failed with error: 20 (UR_RESULT_ERROR_DEVICE_LOST)",
]

SHORT = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
    RuntimeError("CUDA error: out of memory"),
    RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
    RuntimeError("level_zero backend failed with error: 39 (UR_RESULT_ERROR_OUT_OF_DEVICE_MEMORY)"),
    MemoryError(),
]

OTHERS = [
    RuntimeError("CUDA error: invalid argument"),
    RuntimeError("CUDA error: no kernel image is available for execution on the device"),
    RuntimeError("CUDA error: operation not permitted when stream is capturing"),
    RuntimeError("The size of tensor a (3) must match the size of tensor b (4)"),
    ValueError("CUDA error: in a sentence of somebody else"),
    MemoryShortError("There is not enough memory."),
    KeyboardInterrupt(),
]


@pytest.mark.parametrize("told", LOST)
def test_a_device_is_lost_by_what_its_library_says(told: str) -> None:
    kinds = [RuntimeError]
    if hasattr(torch, "AcceleratorError"):
        kinds.append(torch.AcceleratorError)  # type: ignore[attr-defined]
    for kind in kinds:
        assert is_lost(kind(told + _MORE))
        assert not is_memory_short(kind(told + _MORE))


@pytest.mark.skipif(not hasattr(torch, "AcceleratorError"), reason="since torch 2.8")
def test_an_accelerator_error_in_unknown_words_is_a_loss() -> None:
    kind = torch.AcceleratorError  # type: ignore[attr-defined]
    assert is_lost(kind("the device has caught fire"))
    assert not is_lost(kind("CUDA error: out of memory"))
    assert is_memory_short(kind("CUDA error: out of memory"))


@pytest.mark.parametrize("error", SHORT, ids=str)
def test_too_little_memory_is_no_loss(error: BaseException) -> None:
    assert is_memory_short(error)
    assert not is_lost(error)


@pytest.mark.parametrize("error", OTHERS, ids=str)
def test_what_was_only_refused_is_no_loss(error: BaseException) -> None:
    assert not is_lost(error)
    assert not is_memory_short(error)


def test_the_cause_of_an_error_counts_too() -> None:
    error = CheckpointError("It begins anew.")
    error.__cause__ = RuntimeError(LOST[0])
    assert is_lost(error)


def test_the_processors_own_words_are_known() -> None:
    with pytest.raises(RuntimeError) as error:
        torch.empty(1 << 50)
    assert is_memory_short(error.value)
    assert not is_lost(error.value)
