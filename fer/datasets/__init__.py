"""Faces with labels, from whatever source: `load_dataset` gives a `Dataset`."""

from fer.datasets.dataset import Dataset, Source, Split, balanced_class_weights
from fer.datasets.registry import DatasetEntry, list_datasets, load_dataset
from fer.datasets.uploads import save_upload
