"""Data quality: the view of what is wrong with the faces, kind by kind, worst first, and mending it."""

from contextlib import suppress

import streamlit as st

from fer.config import TrainingConfig
from fer.datasets import Dataset
from fer.datasets.quality import Findings, Inspection, QualityIssue
from fer.datasets.quality.lessons import LESSONS
from fer.errors import ModelError
from fer.models.inference import list_models
from pages.parts import caches, mending, phrases, state
from pages.parts.dataset import face_card
from pages.parts.dataset.job_offer import offer_job
from pages.parts.dataset.quality import duplicates, single_faces, tiles
from pages.parts.dataset.quality.words import WORDS

_DUPLICATES = (QualityIssue.LEAK, QualityIssue.EXACT_DUPLICATE, QualityIssue.NEAR_DUPLICATE)
# Whose features judge the labels, where it is there.
_MODEL = TrainingConfig().architecture


def quality_view(dataset: Dataset) -> None:
    """Show what an inspection found in the dataset, or offer to make one.

    Args:
        dataset: as it came, before any view.
    """
    inspection = caches.inspected(dataset)
    if inspection is None or _now_sees_more(inspection):
        _offer_inspection(dataset)
        return
    found = [issue for issue in WORDS if issue in inspection.findings]
    issue = next((issue for issue in found if issue == state.quality_issue()), found[0])
    tiles.issue_tiles(
        [_tile(inspection.findings[kind]) for kind in found], issue, "dataset.issues", on_choose=_choose
    )
    _gallery(dataset, inspection, issue)


def _now_sees_more(inspection: Inspection) -> bool:
    """Whether labels were judged by outlines, and there is a model now that would judge them better."""
    if inspection.facts.get("label_by_model", 1) or not _has_model():
        return False
    with suppress(ModelError):
        return caches.recognizer(_MODEL).has_features
    return False


def _has_model() -> bool:
    return _MODEL in {model.name for model in list_models()}


def _offer_inspection(dataset: Dataset) -> None:
    arguments = ["inspect", dataset.name]
    arguments += [] if _has_model() else ["--model", ""]  # outlines judge the labels then
    arguments += ["--skip-bad"] if state.view().skip_bad else []
    count = len(dataset)
    wait = "a few seconds" if count < 4000 else f"about {phrases.duration(max(20, count / 600))}"
    offer_job(
        f"inspect-{caches.fingerprint(dataset)}",
        f"Inspecting {dataset.source.title}",
        arguments,
        headings=(
            ":material/troubleshoot: Nobody has looked yet",
            ":material/troubleshoot: Looking at every face",
        ),
        explained="An inspection looks at every face for **duplicates**, exact and near, above all those "
        "that lie in two splits (**data leakage**); for **wrong labels**, by a model that is asked only "
        "about faces it never saw; and for pictures that are **no face**, blank, too dark, too bright or "
        "blurred.",
        cost=f"For {phrases.faces(count)} that takes {wait} on two cores, once. Nothing is changed: what to "
        "do about each face is yours to say.",
        button=("Find quality issues", ":material/search:"),
        key="dataset.inspect",
    )


def _choose(key: str) -> None:
    state.set_quality_issue(QualityIssue(key))
    single_faces.selection().clear()


def _tile(findings: Findings) -> tiles.Tile:
    words, count = WORDS[findings.issue], len(findings)
    severity, weight = (words.severity, words.weight) if count else (0, "none found")
    return tiles.Tile(
        findings.issue, words.title, count, severity, weight, LESSONS[findings.issue].definition
    )


@st.fragment
def _gallery(dataset: Dataset, inspection: Inspection, issue: QualityIssue) -> None:
    """Show one kind of issue; turning a page or moving the cut runs only this."""
    mending.settle()
    gallery = duplicates.gallery if issue in _DUPLICATES else single_faces.gallery
    places = gallery(dataset, inspection, issue, mending.edition_of(dataset))
    place = state.face()
    if place is not None and not (issue not in _DUPLICATES and single_faces.selection().is_on):
        face_card.open_face(dataset, place, among=places)
