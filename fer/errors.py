"""Exceptions: everything that can go wrong for a user, as one family; a page catches `FerError`.

FerError
├── DatasetError
│   ├── DatasetNotFoundError
│   ├── MalformedDatasetError
│   │   └── PartlyBadDatasetError
│   ├── EditionError
│   ├── DownloadError
│   └── EmptyClassError
├── ModelError
│   ├── UnknownArchitectureError
│   ├── ModelNotFoundError
│   └── ModelMismatchError
├── RunError
│   ├── RunNotFoundError
│   ├── RunAlreadyActiveError
│   └── CorruptRunError
├── ConfigError
├── PictureError
├── VideoError
├── StorageError
│   └── DiskFullError
└── FaceDetectorError

Every message is one or two sentences: what is wrong, the value received, the next step.
"""

from collections.abc import Sequence


class FerError(Exception):
    """A problem that a user can understand and act on."""


class DatasetError(FerError):
    """A dataset cannot be used as asked."""


class DatasetNotFoundError(DatasetError):
    """No dataset of that name, and no file or folder at that path."""


class MalformedDatasetError(DatasetError):
    """The file is there, but is not what its name promises.

    Attributes:
        unknown_labels: the labels that mean nothing, as far as they are the reason; the first two hundred.
    """

    unknown_labels: tuple[str, ...] = ()


class UnlabelledDatasetError(MalformedDatasetError):
    """Pictures are there, and where their labels stand is not known; import settings can say it."""


class PartlyBadDatasetError(MalformedDatasetError):
    """Some rows are bad and the others could be used: `load_dataset(..., skip_bad=True)` reads those.

    Attributes:
        good: how many rows can be used.
        bad: (where, why) of the first bad rows, at most `SHOWN_BAD_ROWS` of them.
        bad_count: how many there are.
    """

    SHOWN_BAD_ROWS = 50

    def __init__(self, message: str, good: int, bad: Sequence[tuple[str, str]], bad_count: int) -> None:
        super().__init__(message)
        self.good = good
        self.bad = tuple(bad[: self.SHOWN_BAD_ROWS])
        self.bad_count = bad_count


class EditionError(DatasetError):
    """An edition cannot be found, read, or applied to these faces."""


class DownloadError(DatasetError):
    """A dataset could not be fetched: no network, no such place, or not what was promised."""


class EmptyClassError(DatasetError):
    """An emotion that is needed has no image."""


class ModelError(FerError):
    """A model cannot be used as asked."""


class UnknownArchitectureError(ModelError):
    """The catalogue has no architecture of that name."""


class ModelNotFoundError(ModelError):
    """No trained model of that name, or its files are incomplete."""


class ModelMismatchError(ModelError):
    """The model's input or emotions do not fit the data it is asked about."""


class RunError(FerError):
    """A training run cannot be started, found or read."""


class RunNotFoundError(RunError):
    """No run has that id."""


class RunAlreadyActiveError(RunError):
    """A training process is already at work; two would halve each other's speed."""


class CorruptRunError(RunError):
    """A file of the run folder cannot be read."""


class ConfigError(FerError):
    """A setting is outside what it may be."""


class PictureError(FerError):
    """A picture cannot be read, or is larger than is safe to decode."""


class VideoError(FerError):
    """A film cannot be read."""


class StorageError(FerError):
    """Something could not be saved; what was there before is untouched."""


class DiskFullError(StorageError):
    """There is no room for it on the disk, or no more is allowed; later there may be."""


class FaceDetectorError(FerError):
    """A face detector cannot be loaded."""
