"""Embedding (t-SNE): a map of the faces, on which those that a model sees alike lie side by side.

A model's features (128 numbers a face for mini_XCEPTION) are turned by PCA into the directions in which they
differ most, and t-SNE then looks for places in the plane at which each face has the neighbours it has there.
The work is done by `python -m fer map`; a page only opens the file it leaves:

    data/cache/maps/<what the faces are>-<model>-<what the model is>-tsne-<how many>-v1.npz

Source:
    van der Maaten and Hinton (2008), "Visualizing data using t-SNE"; Linderman et al. (2019), "Fast
    interpolation-based t-SNE", as openTSNE implements it (Poličar et al. 2024, doi:10.18637/jss.v109.i03);
    first positions and learning rate after Kobak and Berens (2019), "The art of using t-SNE for single-cell
    transcriptomics".
"""

import hashlib
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer import emotions
from fer.datasets import Dataset
from fer.datasets.fingerprint import fingerprint
from fer.errors import DatasetError, FerError, ModelNotFoundError
from fer.models.card import MODEL_FILE
from fer.models.inference import Recognizer, model_folder
from fer.system.progress import Progress, silent
from fer.system.result_store import ResultStore, load_result

DEFAULT_MODEL = "mini_xception"
# Every pair of faces is compared once, so the time grows with the square of their number.
LARGEST = 50_000
# With fewer there is nothing to see, and no neighbourhood to keep.
FEWEST = 10

_MAPS = ResultStore("maps", ".npz", version=1, most=60)
_SEED = 0
# The 50 leading directions hold 88 % of the variance of FER-2013's faces.
_DIRECTIONS = 50
# How many neighbours count for a face, roughly; three times as many are looked up.
_PERPLEXITY = 15
# A first stage that draws like to like, then one that spreads the faces out. Attraction stays half as
# strong again in the second (Böhm et al. 2022): groups then stand apart, and neighbourhoods are more to be
# trusted (0.931 of FER-2013's instead of 0.921).
_GATHERING, _SPREADING = 125, 250
_GATHERING_ATTRACTION, _SPREADING_ATTRACTION = 12.0, 1.5
# Side of the grid's cells on which repulsion is interpolated; at 1, the default, it takes three times as long
# and keeps as many neighbours.
_CELL = 2
_REPORT_EVERY = 10
_CHUNK = 1024
# Shares of the whole time, on two cores with FER-2013.
_READ, _SEEN, _COMPARED = 0.04, 0.42, 0.6


@dataclass(frozen=True, slots=True, eq=False)
class FaceMap:
    """Where m faces of a dataset lie in the plane; neither axis has a meaning or a unit.

    Attributes:
        model: whose features they are.
        places: (m,) intp, ascending: which faces, as places in the arrays of the dataset.
        positions: (m, 2) float32.
        answers: (m,) intp, the label the model gives each face; -1 for an emotion the dataset does not have.
        facts: what was measured on the way: "seconds", "variance_kept" (share of the variance of the features
            that PCA kept) and "neighbours_kept" (share of each face's nearest faces that are nearest on the
            map too, averaged over faces).
    """

    model: str
    places: NDArray[np.intp]
    positions: NDArray[np.float32]
    answers: NDArray[np.intp]
    facts: Mapping[str, float]

    def __len__(self) -> int:
        return len(self.places)


def map_size(dataset: Dataset, sample: int | None = None) -> int:
    """Return how many faces a map of the dataset shows: all, up to `sample` or to `LARGEST`."""
    return min(len(dataset), LARGEST if sample is None else sample)


def load_map(path: Path, dataset: Dataset) -> FaceMap | None:
    """Return the map that is kept at `map_path`'s answer for this dataset; None before it was made."""

    def built(kept: Mapping[str, NDArray[Any]]) -> FaceMap | None:
        names, values = kept["fact_names"], kept["fact_values"]
        found = FaceMap(
            str(kept["model"]),
            kept["places"].astype(np.intp),
            kept["positions"].astype(np.float32),
            kept["answers"].astype(np.intp),
            {str(name): float(value) for name, value in zip(names, values, strict=True)},
        )
        m = found.places.size
        if found.places.shape != (m,) or found.positions.shape != (m, 2) or found.answers.shape != (m,):
            return None
        inside = m > 0 and found.places.min() >= 0 and found.places.max() < len(dataset)
        return found if inside and np.isfinite(found.positions).all() else None

    return load_result(path, built)


def make_map(
    dataset: Dataset,
    model: str = DEFAULT_MODEL,
    progress: Progress = silent,
    *,
    sample: int | None = None,
) -> FaceMap:
    """Return the map of a dataset, made now unless it was made before; the same faces give the same map.

    Args:
        dataset: as it came, before any view.
        model: which model's features, by name; it must have been exported with its feature map.
        sample: show at most so many faces, each emotion keeping its share; all, up to `LARGEST`, if left out.

    Raises:
        DatasetError: there are too few faces for a map.
        ModelError: there is no such model, or it does not give its features.
        StorageError: the map cannot be kept.
    """
    if map_size(dataset, sample) < FEWEST:
        raise DatasetError(
            f"A map needs at least {FEWEST} faces to show who is like whom; received "
            f"{map_size(dataset, sample):,}. Choose a larger dataset or sample."
        )
    path = map_path(dataset, model, sample)
    if (made := load_map(path, dataset)) is not None:
        return made
    recognizer = Recognizer(model_folder(model))
    recognizer.features(dataset.images[:1])  # a model without features says so before any work
    started = time.perf_counter()
    places = dataset.stratified(map_size(dataset, sample), _SEED)
    features, answers = _features(dataset, places, recognizer, progress)
    progress(_SEEN, "Comparing every face with every other")
    directions, variance_kept = _leading_directions(features)
    neighbours, distances = _neighbours(directions, progress)
    positions = _layout(directions, neighbours, distances, progress)
    progress(0.99, "Keeping the map")
    made = FaceMap(
        model,
        places,
        positions,
        answers,
        {
            "seconds": time.perf_counter() - started,
            "variance_kept": variance_kept,
            "neighbours_kept": _neighbours_kept(neighbours, positions),
        },
    )
    kept = {
        "model": np.array(model),
        "places": places.astype(np.int32),
        "positions": positions,
        "answers": answers.astype(np.int8),
        "fact_names": np.array(list(made.facts)),
        "fact_values": np.array(list(made.facts.values())),
    }
    _MAPS.save(path, kept)
    return made


def map_path(dataset: Dataset, model: str = DEFAULT_MODEL, sample: int | None = None) -> Path:
    """Return where the map of exactly these faces with exactly this model is kept.

    Raises:
        ModelNotFoundError: there is no model of that name.
    """
    weights = model_folder(model) / MODEL_FILE
    try:
        digest = hashlib.blake2b(weights.read_bytes(), digest_size=4).hexdigest()
    except OSError as error:
        raise ModelNotFoundError(
            f"The model “{model}” has no {MODEL_FILE}; its training did not finish. Choose another model."
        ) from error
    size = map_size(dataset, sample)
    return _MAPS.path(f"{fingerprint(dataset)}-{model[:40]}-{digest}-tsne-{size}-v{_MAPS.version}")


# ── the steps ────────────────────────────────────────────────────────────────────────────────────


def _features(
    dataset: Dataset, places: NDArray[np.intp], recognizer: Recognizer, progress: Progress
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """What the model sees in each face, (m, d), and the label it gives it, (m,)."""
    labels = emotions.indices(recognizer.emotions, dataset.emotions)
    features, answers = [], []
    for start in range(0, len(places), _CHUNK):
        share = start / len(places)
        progress(_READ + (_SEEN - _READ) * share, f"Asking the model about face {start + 1:,}")
        images = dataset.images[places[start : start + _CHUNK]]
        seen, probabilities = recognizer.predict_with_features(images)
        features.append(seen)
        answers.append(labels[probabilities.argmax(axis=1)])
    return np.concatenate(features), np.concatenate(answers)


def _leading_directions(features: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
    """The features along the directions in which they differ most, (m, ≤50), and how much of the variance."""
    centred = features.astype(np.float64) - features.mean(axis=0, dtype=np.float64)
    variances, axes = np.linalg.eigh(centred.T @ centred)
    kept = np.argsort(variances)[::-1][:_DIRECTIONS]
    axes = axes[:, kept]
    # An axis may point either way; the larger side of each is made the positive one.
    axes *= np.where(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])] < 0, -1, 1)
    share = variances[kept].sum() / max(variances.sum(), np.finfo(float).tiny)
    return (centred @ axes).astype(np.float32), float(min(share, 1.0))


def _neighbours(
    directions: NDArray[np.float32], progress: Progress
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The nearest other faces of each, nearest first, (m, 3 × perplexity), and how far they are."""
    from sklearn.neighbors import NearestNeighbors

    m = len(directions)
    count = min(3 * _PERPLEXITY, m - 1)
    search = NearestNeighbors(n_neighbors=count + 1, algorithm="brute").fit(directions)
    neighbours, distances = np.empty((m, count), np.intp), np.empty((m, count))
    for start in range(0, m, _CHUNK):
        progress(_SEEN + (_COMPARED - _SEEN) * start / m, "Comparing every face with every other")
        rows = np.arange(start, min(start + _CHUNK, m))
        far, near = search.kneighbors(directions[rows])
        # A face is among its own neighbours, unless so many equal it that it fell off the end.
        itself = near == rows[:, None]
        itself[~itself.any(axis=1), -1] = True
        neighbours[rows] = near[~itself].reshape(-1, count)
        distances[rows] = far[~itself].reshape(-1, count)
    return neighbours, distances


def _layout(
    directions: NDArray[np.float32],
    neighbours: NDArray[np.intp],
    distances: NDArray[np.float64],
    progress: Progress,
) -> NDArray[np.float32]:
    """Places in the plane at which the faces have the neighbours they have, (m, 2) float32."""
    # Threads that wait for one another shall sleep meanwhile: spinning, they take the processor from whatever
    # else runs, and wait the longer. Read when the library is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        from openTSNE import TSNEEmbedding
        from openTSNE.affinity import PerplexityBasedNN
        from openTSNE.nearest_neighbors import PrecomputedNeighbors
    except ImportError as error:
        raise FerError(
            "The map needs the package openTSNE, which is not installed. Install it with "
            "`python -m pip install openTSNE`, and make the map again."
        ) from error
    progress(_COMPARED, "Laying the faces out")
    many = len(directions) > 2000
    threads = -1 if many else 1  # a few faces are laid out faster than threads are woken
    affinities = PerplexityBasedNN(
        knn_index=PrecomputedNeighbors(neighbours, distances),
        perplexity=neighbours.shape[1] / 3,
        n_jobs=threads,
    )
    # The two leading directions, tiny, so that the map keeps their order where neighbours leave it open.
    first = directions[:, :2].astype(np.float64)
    first = np.pad(first, ((0, 0), (0, 2 - first.shape[1])))
    embedding = TSNEEmbedding(
        first / max(first[:, 0].std(), 1e-12) * 1e-4,
        affinities,
        # Interpolation costs as much for ten faces as for ten thousand.
        negative_gradient_method="fft" if many else "bh",
        ints_in_interval=_CELL,
        n_jobs=threads,
        random_state=_SEED,
    )
    done = 0

    def report(iteration: int, error: float, positions: object) -> None:
        share = (done + iteration) / (_GATHERING + _SPREADING)
        progress(_COMPARED + (0.98 - _COMPARED) * share, f"Laying the faces out, step {done + iteration}")

    watched = {"callbacks": [report], "callbacks_every_iters": _REPORT_EVERY}
    embedding = embedding.optimize(
        n_iter=_GATHERING, exaggeration=_GATHERING_ATTRACTION, momentum=0.5, **watched
    )
    done = _GATHERING
    embedding = embedding.optimize(
        n_iter=_SPREADING, exaggeration=_SPREADING_ATTRACTION, momentum=0.8, **watched
    )
    return np.ascontiguousarray(embedding, np.float32)


def _neighbours_kept(neighbours: NDArray[np.intp], positions: NDArray[np.float32]) -> float:
    """The share of each face's nearest faces that are its nearest on the map too, over 2,000 faces."""
    from sklearn.neighbors import NearestNeighbors

    count = min(_PERPLEXITY, neighbours.shape[1])
    some = np.random.default_rng(_SEED).permutation(len(positions))[:2000]
    near = NearestNeighbors(n_neighbors=count + 1).fit(positions).kneighbors(positions[some])[1]
    shared = [
        len(set(on_map) & set(truly))
        for on_map, truly in zip(near.tolist(), neighbours[some, :count].tolist(), strict=True)
    ]
    return float(np.mean(shared) / count)
