"""How fast the workshop is, always beside a rival measured in the same minutes on the same machine.

Times move from machine to machine and hour to hour; the ratios are what to believe.
"""

from fer.bench.stopwatch import Measurement, Report
from fer.bench.subjects import (
    bench_faults,
    bench_folders,
    bench_live,
    bench_load,
    bench_page,
    bench_predict,
    bench_train,
)

SUBJECTS = {
    "live": bench_live,
    "load": bench_load,
    "folders": bench_folders,
    "page": bench_page,
    "faults": bench_faults,
    "predict": bench_predict,
    "train": bench_train,
}

__all__ = ["SUBJECTS", "Measurement", "Report"]
