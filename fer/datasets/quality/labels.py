"""Label noise: labels that a model contradicts which never learned the face (confident learning).

The model is a logistic regression on what a trained network sees in the faces, fitted five times, each time
on four fifths of them, and asked about the fifth that was left out. Copies of one photograph stay
together, or a wrong label would vouch for itself. *Confident learning* then takes into account that the model
believes more in some emotions than in others.

How far to believe it, on the genuine FER-2013, whose FER+ votes the method never sees: a suspicion is right
if the voters' most frequent answer is not the label (so it is for 35 % of all faces). Of 5,892 suspects the
voters are clear about 5,485, and 77 % of these are right; of the first 100, 500 and 1,000 it is 96, 89 and
87 %, and 91, 81 and 74 % of the suggestions are what they chose. The network learned from the training
faces' labels, and so may know some by heart; among the test faces, of which it knows nothing, 74 % of 670 are
right, and 82 % of the first 100.

The features were chosen by the same measure, with an earlier mini_xception (and with copies in different
folds, which flatters a little):

    features               accuracy   right   of the first 100 / 500 / 1,000   seconds
    mini_xception's 128        68 %    74 %               96 / 91 / 87 %             5
    128 directions of HOG      45 %    54 %               77 / 72 / 68 %             2
    both                       68 %    73 %               97 / 91 / 86 %            15
"""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer.datasets.quality.finding import Findings, QualityIssue, nobody
from fer.system.progress import Progress, part, silent

FOLDS = 5
# With fewer photographs of an emotion, each fold learns it from a handful.
FEWEST_OF_A_LABEL = 10
_ITERATIONS = 100
_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class LabelCheck:
    """What a model thinks of the labels of faces it did not learn from.

    Attributes:
        suspicion: (n,) float32, 1 minus the probability of the face's own label; NaN if it was not asked.
        findings: the suspects; a score is how much likelier the suggested label is than the given, 0 to 1.
        accuracy: the model's, on the faces it was asked about.
    """

    suspicion: NDArray[np.float32]
    findings: Findings
    accuracy: float


def check_labels(
    features: NDArray[np.float32],
    labels: NDArray[np.intp],
    groups: NDArray[np.intp],
    progress: Progress = silent,
) -> LabelCheck | None:
    """Return which labels are suspected; None if there are not two emotions with enough photographs.

    Args:
        features: (n, d), what is known of each face.
        labels: (n,) from 0.
        groups: (n,), the same number for copies of one photograph.

    Source:
        Northcutt, Jiang and Chuang (2021), "Confident Learning: Estimating Uncertainty in Dataset Labels",
        JAIR 70; by cleanlab, its authors' library.
    """
    photographs = np.unique(np.stack([labels, groups]), axis=1)[0] if len(labels) else labels
    counts = np.bincount(photographs, minlength=1)
    known = np.flatnonzero(counts >= FEWEST_OF_A_LABEL)
    if len(known) < 2:
        return None
    asked = np.flatnonzero(np.isin(labels, known))
    given = np.searchsorted(known, labels[asked])  # cleanlab counts labels from 0 without gaps
    probabilities = _out_of_sample(features[asked], given, folds_of(given, groups[asked]), progress)

    from cleanlab.filter import find_label_issues

    with warnings.catch_warnings():
        # A small set may leave nothing to find in one emotion, which cleanlab warns about.
        warnings.simplefilter("ignore")
        suspects = find_label_issues(
            given,
            probabilities,
            filter_by="both",  # of cleanlab's filters the one that was right most often, see above
            return_indices_ranked_by="normalized_margin",
            n_jobs=1,
        )
    suspects = np.asarray(suspects, np.intp)
    own = probabilities[np.arange(len(asked)), given]
    suggested = probabilities.argmax(axis=1)
    margins = (probabilities.max(axis=1) - own).astype(np.float32)
    # The emotion it believes in most is the label's own if cleanlab judges by what is usual: no suggestion.
    suspects = suspects[suggested[suspects] != given[suspects]]
    suspects = suspects[np.argsort(-margins[suspects], kind="stable")]
    suspicion = np.full(len(labels), np.nan, np.float32)
    suspicion[asked] = 1 - own
    findings = Findings(
        QualityIssue.WRONG_LABEL,
        asked[suspects],
        margins[suspects],
        nobody(len(suspects)),
        known[suggested[suspects]].astype(np.intp),
    )
    return LabelCheck(suspicion, findings, float((suggested == given).mean()))


def folds_of(labels: NDArray[np.intp], groups: NDArray[np.intp], seed: int = 0) -> NDArray[np.intp]:
    """Return the fold of each face, 0 to `FOLDS` - 1: emotions spread evenly, groups never torn apart."""
    _, first, members = np.unique(groups, return_index=True, return_inverse=True)
    shuffled = np.random.default_rng(seed).permutation(len(first))
    by_label = shuffled[np.argsort(labels[first[shuffled]], kind="stable")]
    folds = np.empty(len(first), np.intp)
    folds[by_label] = np.arange(len(first)) % FOLDS
    return np.asarray(folds[members], np.intp)


def _out_of_sample(
    features: NDArray[np.float32], labels: NDArray[np.intp], folds: NDArray[np.intp], progress: Progress
) -> NDArray[np.float32]:
    """The probability of each label for each face, (n, k), by a model that did not learn from it."""
    from sklearn.linear_model import LogisticRegression

    count = int(labels.max()) + 1
    probabilities = np.zeros((len(labels), count), np.float32)
    for fold in range(FOLDS):
        tell = part(progress, fold / FOLDS, (fold + 1) / FOLDS)
        tell(0, "Asking about faces that were not learned")
        inside, outside = folds != fold, folds == fold
        mean, spread = features[inside].mean(axis=0), features[inside].std(axis=0)
        scaled = (features - mean) / np.maximum(spread, 1e-6)
        model = LogisticRegression(max_iter=_ITERATIONS, tol=_TOLERANCE)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # not wholly converged is good enough to ask
            model.fit(scaled[inside], labels[inside])
        # Copies kept together may leave a fold without an emotion; it then has probability nought.
        probabilities[np.ix_(outside, model.classes_)] = model.predict_proba(scaled[outside])
    progress(1.0, "Asking about faces that were not learned")
    return probabilities
