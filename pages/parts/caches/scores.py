"""The figures of an evaluation, which take as long to work out as a page to draw."""

import hashlib

import numpy as np
import streamlit as st

from fer import evaluation
from fer.evaluation import Evaluation, Score


def scores(evaluation: Evaluation) -> tuple[Score, ...]:
    """Return every figure of an evaluation with its interval, computed once for the same answers."""
    return _scores(_content(evaluation), evaluation)


def _content(evaluation: Evaluation) -> str:
    digest = hashlib.blake2b(repr(evaluation.emotions).encode(), digest_size=16)
    digest.update(np.ascontiguousarray(evaluation.true_labels).data)
    digest.update(np.ascontiguousarray(evaluation.probabilities).data)
    return digest.hexdigest()


@st.cache_resource(max_entries=32, show_spinner=False)
def _scores(content: str, _evaluation: Evaluation) -> tuple[Score, ...]:
    return evaluation.scores_of(_evaluation)
