"""How fast the workshop is, always beside a rival measured in the same minutes on the same machine.

Times move from machine to machine and hour to hour; the ratios are what to believe.
"""

from fer.cli.bench.evaluating import bench_evaluate
from fer.cli.bench.live import bench_live
from fer.cli.bench.loading import bench_folders, bench_load
from fer.cli.bench.pages import bench_page, bench_runs
from fer.cli.bench.predicting import bench_predict
from fer.cli.bench.quality import bench_quality
from fer.cli.bench.training import bench_start, bench_train
from fer.system.stopwatch import Measurement, Report

SUBJECTS = {
    "live": bench_live,
    "load": bench_load,
    "folders": bench_folders,
    "page": bench_page,
    "runs": bench_runs,
    "quality": bench_quality,
    "predict": bench_predict,
    "evaluate": bench_evaluate,
    "train": bench_train,
    "start": bench_start,
}

__all__ = ["SUBJECTS", "Measurement", "Report"]
