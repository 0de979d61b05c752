"""What every test stands on: one small thread budget, so that runs are quick and alike."""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "2")
