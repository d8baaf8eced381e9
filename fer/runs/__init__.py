"""A training run is a folder of plain files; this package is both their writer and their reader.

`fer.runs.folder` tells of the files. The process that trains and the page that watches share nothing else,
so either may die.
"""

from fer.cards import MODEL_FILE
from fer.runs.answers import (
    WATCHED_COUNT,
    Predictions,
    WatchedFaces,
    read_predictions,
    read_watched,
    record_answers,
    save_predictions,
    save_watched,
)
from fer.runs.curves import CurvesReader, RunCurves
from fer.runs.folder import (
    ANSWERS_FILE,
    BATCHES_FILE,
    BEST_FILE,
    CONFIG_FILE,
    EDITION_FILE,
    EXPERIMENT_FILE,
    FACES_FILE,
    LAST_FILE,
    LOG_FILE,
    METRICS_FILE,
    NOTES_FILE,
    PREDICTIONS_FILE,
    STATUS_FILE,
    STOP_FILE,
    TENSORBOARD_FOLDER,
    WATCHED_FILE,
)
from fer.runs.notes import (
    Experiment,
    RunNotes,
    read_experiment,
    read_notes,
    save_experiment,
    save_notes,
)
from fer.runs.reading import edition_of, list_damaged_runs, list_runs, load_run, read_config, read_run
from fer.runs.recording import RunRecorder
from fer.runs.run import BatchMetrics, EpochMetrics, Run, RunProgress, RunStatus, best_epoch, progress_of
from fer.runs.starting import create_run, request_stop, resume_run, start_run
from fer.runs.trained_on import TrainedOn, read_trained_on, save_trained_on

__all__ = [
    "ANSWERS_FILE",
    "BATCHES_FILE",
    "BEST_FILE",
    "CONFIG_FILE",
    "EDITION_FILE",
    "EXPERIMENT_FILE",
    "FACES_FILE",
    "LAST_FILE",
    "LOG_FILE",
    "METRICS_FILE",
    "MODEL_FILE",
    "NOTES_FILE",
    "PREDICTIONS_FILE",
    "STATUS_FILE",
    "STOP_FILE",
    "TENSORBOARD_FOLDER",
    "WATCHED_COUNT",
    "WATCHED_FILE",
    "BatchMetrics",
    "CurvesReader",
    "EpochMetrics",
    "Experiment",
    "Predictions",
    "Run",
    "RunCurves",
    "RunNotes",
    "RunProgress",
    "RunRecorder",
    "RunStatus",
    "TrainedOn",
    "WatchedFaces",
    "best_epoch",
    "create_run",
    "edition_of",
    "list_damaged_runs",
    "list_runs",
    "load_run",
    "progress_of",
    "read_config",
    "read_experiment",
    "read_notes",
    "read_predictions",
    "read_run",
    "read_trained_on",
    "read_watched",
    "record_answers",
    "request_stop",
    "resume_run",
    "save_experiment",
    "save_notes",
    "save_predictions",
    "save_trained_on",
    "save_watched",
    "start_run",
]
