"""What the tests of faults share with the fuzzing in benchmarks: its targets, and its document."""

from __future__ import annotations

import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
if str(BENCHMARKS) not in sys.path:
    sys.path.append(str(BENCHMARKS))  # scripts there import each other by name
