"""Everything that can go wrong for a user, as one family; a page catches `FerError` and nothing wider.

FerError
├── DatasetError
│   ├── DatasetNotFoundError
│   ├── MalformedDatasetError
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
├── StorageError
└── FaceDetectorError

Every message is one or two sentences: what is wrong, the value received, the next step.
"""


class FerError(Exception):
    """A problem that a user can understand and act on."""


class DatasetError(FerError):
    """A dataset cannot be used as asked."""


class DatasetNotFoundError(DatasetError):
    """No dataset of that name, and no file or folder at that path."""


class MalformedDatasetError(DatasetError):
    """The file is there, but is not what its name promises."""


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


class StorageError(FerError):
    """Something could not be saved; what was there before is untouched."""


class FaceDetectorError(FerError):
    """A face detector cannot be loaded."""
