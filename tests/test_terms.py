"""Standard terms: whoever searches for a standard term of the field lands in the file that holds it."""

import ast
import re
from pathlib import Path

import pytest

from tests.conftest import PROJECT_ROOT

SOURCES = sorted(
    path.relative_to(PROJECT_ROOT)
    for path in [*PROJECT_ROOT.glob("fer/**/*.py"), *PROJECT_ROOT.glob("pages/parts/**/*.py")]
)
FIRST_LINE = re.compile(r"[A-Za-z][^:\n]{2,60}: \S.+")
PLACES = {
    "test-time augmentation": "fer/evaluation/test_time_augmentation.py",
    "confusion matrix": "fer/figures/confusion.py",
    "calibration": "fer/evaluation/calibration.py",
    "reliability diagram": "fer/figures/calibration.py",
    "temperature scaling": "fer/models/temperature.py",
    "early stopping": "fer/runs/schedules.py",
    "checkpoint": "fer/training/engine/checkpoint.py",
    "learning-rate schedule": "fer/runs/schedules.py",
    "class weights": "fer/datasets/dataset.py",
    "data augmentation": "fer/training/augmentation/__init__.py",
    "bounding box": "fer/detection/face.py",
    "tracking": "fer/detection/tracking.py",
    "temporal smoothing": "fer/live/temporal_smoothing.py",
    "hysteresis": "fer/live/temporal_smoothing.py",
    "inference": "fer/models/inference.py",
    "embedding": "fer/datasets/embedding.py",
    "label noise": "fer/datasets/quality/labels.py",
    "near-duplicate": "fer/datasets/quality/duplicates.py",
    "data leakage": "fer/datasets/quality/galleries.py",
    "knowledge distillation": "fer/training/engine/teaching.py",
    "transfer learning": "fer/models/transfer.py",
    "quantization": "fer/evaluation/quantization.py",
}


def summary(path: Path) -> str:
    """The first paragraph of a module's docstring."""
    docstring = ast.get_docstring(ast.parse((PROJECT_ROOT / path).read_text(encoding="utf-8"))) or ""
    return docstring.split("\n\n")[0]


def test_a_module_begins_with_the_standard_term_for_what_it_holds() -> None:
    assert [f"{path}: {summary(path)}" for path in SOURCES if not FIRST_LINE.match(summary(path))] == []


@pytest.mark.parametrize("term", PLACES)
def test_a_standard_term_leads_to_its_file(term: str) -> None:
    assert term in summary(Path(PLACES[term])).lower()
