"""Probe samples: the faces a run learns from and is watched by, held to when it goes on."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fer import runs
from fer.datasets import Dataset
from fer.datasets.fingerprint import fingerprint
from fer.errors import RunError
from fer.runs import DatasetManifest


def manifest(train: Dataset, validation: Dataset) -> DatasetManifest:
    """Say which faces a run uses."""
    return DatasetManifest(
        title=train.source.title,
        emotions=train.emotions,
        counts={
            split: tuple(np.bincount(faces.labels, minlength=len(faces.emotions)).tolist())
            for split, faces in (("train", train), ("validation", validation))
        },
        fingerprint=fingerprint(train) + fingerprint(validation),
    )


def require_the_same(folder: Path, now: DatasetManifest) -> None:
    """Make sure that a run that goes on finds the faces it began with.

    Raises:
        RunError: they have changed since.
    """
    before = runs.read_manifest(folder)
    if before is None or before.fingerprint == now.fingerprint:  # runs of earlier versions did not say
        return
    counts = [
        " and ".join(f"{sum(of_split):,} for {split}" for split, of_split in sorted(said.counts.items()))
        for said in (before, now)
    ]
    found = (
        f"now there are {counts[1]}" if counts[0] != counts[1] else "their pixels or labels are others now"
    )
    raise RunError(
        f"The faces of “{now.title}” have changed since this run began: it learned from {counts[0]}; "
        f"{found}. Bring the former faces back to go on, or use its settings to start a new run. Its "
        "curves and best weights are kept."
    )


def probe_samples(validation: Dataset, seed: int) -> NDArray[np.intp]:
    """Choose which validation faces a run is watched by: each emotion as often as the others, where it can.

    Returns:
        Their places in `validation`, ordered by emotion: at most `runs.PROBE_COUNT`.
    """
    shuffled = np.random.default_rng(seed).permutation(len(validation))
    rank = np.empty(len(validation), np.intp)
    for label in range(len(validation.emotions)):
        members = shuffled[validation.labels[shuffled] == label]
        rank[members] = np.arange(len(members))
    chosen = np.lexsort((validation.labels, rank))[: runs.PROBE_COUNT]
    return chosen[np.lexsort((rank[chosen], validation.labels[chosen]))]
