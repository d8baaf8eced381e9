"""The report to take along: parsed as a browser would, and held against the evaluation it was made from."""

import argparse
import base64
import csv
import io
import json
import re
import shlex
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer.cli import options as shared_options
from fer.config import DatasetView, SplitPlan
from fer.datasets import Dataset, Source, Split
from fer.emotions import EMOTIONS, Emotion
from fer.errors import ModelMismatchError
from fer.evaluation import TTA, Evaluation, scores_of, threshold_curves
from fer.evaluation.calibration import reliability
from fer.evaluation.caveats import caveats_of
from fer.evaluation.evaluation_set import EvaluatedModel
from fer.figures.report import (
    FORMS,
    EvaluationReport,
    as_json,
    expected_bytes,
    file_stem,
    predictions_csv,
    report_of,
    to_html,
)
from fer.figures.report.formulas import sentence_html, to_mathml
from fer.figures.report.plain_text import one_line
from fer.models.card import ModelCard
from fer.models.preprocessing import Preprocessing
from fer.statistics import percent

MOMENT = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
HOSTILE = '</script><script>alert("1")</script>\n<img src=x onerror=alert(2)> \u202edetrever\x00 \ud800 \'"&'


class Page(HTMLParser):
    """What a browser would make of a page: its elements, what stands in each script, and its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: dict[str, str] = {}
        self.styles = self.words = ""
        self._within = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._within = tag
        if tag == "script":
            self._script = dict(attrs).get("id") or f"code {len(self.scripts)}"

    def handle_endtag(self, tag: str) -> None:
        self._within = ""
        self.words += " " if tag in ("td", "th", "dd") else ""

    def handle_data(self, data: str) -> None:
        if self._within == "script":
            self.scripts[self._script] = self.scripts.get(self._script, "") + data
        elif self._within == "style":
            self.styles += data
        else:
            self.words += data

    def tags(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def data(self) -> Any:
        """The values that lie in the page."""
        return json.loads(self.scripts["report-data"])

    @property
    def charts(self) -> Any:
        """The charts that are drawn in the page."""
        return json.loads(self.scripts["report-charts"])

    @property
    def text(self) -> str:
        """Its words with single spaces."""
        return re.sub(r"[ \t\r\n]+", " ", self.words)


def faces_of(count: int = 240, *, emotions: Sequence[Emotion] = EMOTIONS, title: str = "Faces") -> Dataset:
    rng = np.random.default_rng(1)
    return Dataset(
        "faces.csv",
        tuple(emotions),
        rng.integers(0, 256, (count, 48, 48, 1), dtype=np.uint8),
        rng.integers(0, len(emotions), count),
        np.full(count, "validation"),
        Source(title, "https://example.org/faces", "for teaching only"),
        rows=np.arange(1000, 1000 + count),
    )


def card_of(name: str = "mini", **changes: Any) -> ModelCard:
    card = ModelCard(name, name, "mini_xception", Preprocessing(48, 48, 1, "zero_to_one"), license="MIT")
    return replace(card, **{"dataset": {"title": "Faces"}, **changes})


def model_of(
    faces: Dataset,
    name: str = "mini",
    *,
    seed: int = 0,
    title: str = "",
    tta: TTA = TTA.NONE,
    split: Split = Split.VALIDATION,
    **card: Any,
) -> EvaluatedModel:
    """A model that is right about half of the time."""
    rng = np.random.default_rng(seed)
    noise = rng.random((len(faces), len(faces.emotions)))
    noise[np.arange(len(faces)), faces.labels] += 0.8
    probabilities = (noise**3 / (noise**3).sum(axis=1, keepdims=True)).astype(np.float32)
    evaluation = Evaluation.from_predictions(
        name,
        split,
        faces.emotions,
        faces.labels,
        probabilities,
        rows=faces.rows,
        tta=tta,
    )
    return EvaluatedModel(title or name, card_of(name, **card), evaluation, "f" * 24)


@pytest.fixture(scope="module")
def report() -> EvaluationReport:
    """Of three models, one of them with a hostile title."""
    faces = faces_of()
    models = [model_of(faces, name, seed=seed) for seed, name in enumerate(("a", "b", "c"))]
    return report_of(models, faces, made_at=MOMENT)


@pytest.fixture(scope="module")
def page(report: EvaluationReport) -> Page:
    return Page(to_html(report))


# ── the page ─────────────────────────────────────────────────────────────────────────────────────


def test_nothing_in_the_page_is_fetched_from_anywhere(report: EvaluationReport) -> None:
    page = Page(to_html(report, with_faces=True))
    assert page.tags("link") == page.tags("iframe") == page.tags("object") == []
    assert all("src" not in attributes for attributes in page.tags("script"))
    assert all(str(image["src"]).startswith("data:image/png;base64,") for image in page.tags("img"))
    assert all(str(link["href"]).startswith("#") for link in page.tags("a"))
    assert not re.search(r"url\(|@import", page.styles)
    # And should one of us forget: the page itself forbids it.
    (policy,) = (str(meta["content"]) for meta in page.tags("meta") if "http-equiv" in meta)
    assert policy.startswith("default-src 'none';")
    assert "http" not in policy


def test_every_link_within_the_page_leads_somewhere(page: Page) -> None:
    ids = [str(attributes["id"]) for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {str(link["href"])[1:] for link in page.tags("a")} <= set(ids)
    assert set(page.charts) <= set(ids)
    assert {"accuracy", "confusion-0", "confusion-1", "confusion-2", "difference-1", "difference-2"} <= set(
        page.charts
    )


def test_the_data_in_the_page_are_the_evaluation(report: EvaluationReport, page: Page) -> None:
    data = page.data
    assert data == json.loads(as_json(report))
    assert data["predictions"]["rows"] == report.faces.rows.tolist()
    for model, said, answered in zip(
        report.models, data["models"], data["predictions"]["models"], strict=True
    ):
        assert said["confusion"] == model.evaluation.confusion.tolist()
        assert np.array_equal(np.array(answered["probabilities"], np.float32), model.evaluation.probabilities)
        right = np.array(answered["answers"]) == np.array(data["predictions"]["labels"])
        assert np.array_equal(right, model.evaluation.is_right)
        for score in scores_of(model.evaluation):
            assert said["scores"][score.key]["value"] == score.value
            assert tuple(said["scores"][score.key]["interval_95"]) == score.interval_95


def test_every_figure_is_there_with_its_interval_its_formula_and_its_words(
    report: EvaluationReport, page: Page
) -> None:
    scores = scores_of(report.evaluations[1])
    assert len(page.tags("math")) >= len(scores)
    for score in scores:
        assert score.title in page.text
        assert score.value is not None
        assert score.interval_95 is not None
        low, high = score.interval_95
        shown = (
            f"{100 * score.value:.1f}\u00a0% ({100 * low:.1f}–{100 * high:.1f}\u00a0%)"
            if score.is_share
            else f"{score.value:.3f} ({low:.3f}–{high:.3f})"
        )
        assert shown in page.text
        assert score.words.split("$")[0].strip() in page.text


def test_curves_and_calibration_are_there_with_their_figures(report: EvaluationReport, page: Page) -> None:
    for number, of_one in enumerate(report.evaluations):
        assert {f"roc-{number}", f"precision-{number}", f"reliability-{number}"} <= set(page.charts)
        said = page.data["models"][number]
        for curve in threshold_curves(of_one):
            assert said["per_emotion"][curve.emotion]["roc_auc"] == curve.area
            assert said["per_emotion"][curve.emotion]["average_precision"] == curve.average_precision
        assert said["calibration"]["expected_error"] == reliability(of_one).expected_error
        assert f"{100 * said['calibration']['expected_error']:.1f} points between" in page.text


def test_faces_of_one_emotion_alone_have_no_curve() -> None:
    faces = faces_of()
    faces = faces.take(np.flatnonzero(faces.labels == 3))
    page = Page(to_html(report_of([model_of(faces)], faces)))
    assert "reliability-0" in page.charts
    assert "roc-0" not in page.charts
    assert "ROC-AUC, one against the rest –" in page.text


def test_whose_faces_which_models_and_how_to_do_it_again_are_said(page: Page) -> None:
    for words in (
        "240 faces, without test-time augmentation",
        "26 November 2026, 09:30",
        "for teaching only",
        page.data["faces"]["fingerprint"],
        "python -m fer report a b c --data faces.csv --split validation --output a-b-c-validation.html",
        f"numpy {np.__version__}",
        "Not for judging pupils, employees or applicants",
    ):
        assert words in page.text


@pytest.mark.parametrize("count", [1, 2, 3])
def test_further_models_stand_beside_the_first(report: EvaluationReport, count: int) -> None:
    page = Page(to_html(replace(report, models=report.models[:count])))
    assert len(page.data["models"]) == count
    assert len(page.data["comparisons"]) == count - 1
    assert ("comparison" in {attributes.get("id") for attributes in page.tags("section")}) == (count > 1)
    accuracies = {model["name"]: model["scores"]["accuracy"]["value"] for model in page.data["models"]}
    for compared in page.data["comparisons"]:
        assert compared["first"] == "a"
        assert accuracies[compared["second"]] - accuracies["a"] == pytest.approx(compared["difference"])
        assert compared["sentence"] in page.text


def test_mistakes_are_told_in_words_with_the_rows_behind_them(report: EvaluationReport, page: Page) -> None:
    first = report.evaluations[0]
    mistake = first.commonest_mistakes(1)[0]
    support = int(first.confusion[first.emotions.index(mistake.true)].sum())
    assert (
        f"{mistake.count} of {support} faces labelled {mistake.true} ({percent(mistake.share)}) are called "
        f"{mistake.predicted}" in page.text
    )
    surest = first.rows[first.faces_of(mistake.true, mistake.predicted)[0]]
    assert f"rows {surest:,}" in page.text


def test_faces_are_shown_only_when_asked_for(report: EvaluationReport, page: Page) -> None:
    assert page.tags("img") == []
    alone = replace(report, models=report.models[:1])
    images = Page(to_html(alone, with_faces=True)).tags("img")
    first = report.evaluations[0]
    assert len(images) == min(24, int((~first.is_right).sum()))
    surest = int(np.argmax(np.where(first.is_right, 0, first.confidences)))
    png = base64.b64decode(str(images[0]["src"]).partition(",")[2])
    shown = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert shown is not None
    assert np.array_equal(shown, report.faces.images[surest, :, :, 0])


def test_colours_of_a_face_are_kept(report: EvaluationReport) -> None:
    red = np.zeros((len(report.faces), 48, 48, 3), np.uint8)
    red[..., 0] = 255
    coloured = replace(report, faces=replace(report.faces, images=red), models=report.models[:1])
    png = base64.b64decode(
        str(Page(to_html(coloured, with_faces=True)).tags("img")[0]["src"]).partition(",")[2]
    )
    decoded = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    assert decoded[0, 0].tolist() == [0, 0, 255]  # blue, green, red


def test_a_model_without_a_mistake_is_said_to_have_none() -> None:
    faces = faces_of(14)
    model = model_of(faces)
    perfect = replace(model.evaluation, probabilities=np.eye(7, dtype=np.float32)[faces.labels])
    page = Page(to_html(report_of([replace(model, evaluation=perfect)], faces), with_faces=True))
    assert "There is not a single mistake here." in page.text
    assert page.tags("img") == []


def test_an_emotion_that_no_face_shows_is_a_dash_and_said_so() -> None:
    faces = faces_of()
    faces = faces.take(np.flatnonzero(faces.labels != EMOTIONS.index(Emotion.DISGUST)))
    page = Page(to_html(report_of([model_of(faces)], faces)))
    assert "disgust – – – – – 0" in page.text
    assert "No face here is labelled disgust" in page.text
    assert page.data["models"][0]["per_emotion"]["disgust"]["recall"] is None


@pytest.mark.parametrize("with_faces", [False, True])
def test_how_large_the_files_will_be_is_known_beforehand(report: EvaluationReport, with_faces: bool) -> None:
    made = {
        "html": to_html(report, with_faces=with_faces),
        "json": as_json(report),
        "csv": predictions_csv(report),
    }
    for form in FORMS:
        expected = expected_bytes(form, report.evaluations, 48 * 48, with_faces=with_faces)
        assert expected == pytest.approx(len(made[form].encode()), rel=0.25)


# ── what learners type ───────────────────────────────────────────────────────────────────────────


def hostile_report() -> EvaluationReport:
    faces = replace(faces_of(title=HOSTILE), name=f"{HOSTILE}.csv", notes=(HOSTILE,))
    models = [
        model_of(
            faces,
            name,
            seed=seed,
            title=HOSTILE,
            weaknesses=(HOSTILE,),
            license=HOSTILE,
            intended_use=HOSTILE,
            notes=HOSTILE,
            architecture=HOSTILE,
            dataset={"title": HOSTILE, HOSTILE: HOSTILE},
            config={"name": HOSTILE, HOSTILE: [HOSTILE, float("nan")], "view": {"edition": HOSTILE}},
        )
        for seed, name in enumerate(("one", "=HYPERLINK(1)"))
    ]
    return report_of(models, faces, DatasetView(edition=HOSTILE), made_at=MOMENT)


def test_hostile_words_stay_words(report: EvaluationReport) -> None:
    html = to_html(hostile_report())
    page = Page(html)
    html.encode()
    calm = Page(to_html(replace(report, models=report.models[:2])))
    assert len(page.tags("script")) == len(calm.tags("script"))
    assert page.tags("img") == []
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert one_line(HOSTILE) in page.text
    assert not set("\u202e\x00\ud800") & set(html)
    assert page.data["models"][0]["title"].startswith(one_line(HOSTILE))
    assert page.data["models"][0]["card"]["config"]["name"] == one_line(HOSTILE)
    # Plotly reads tags in its texts, so within a chart they are written out.
    assert "<img" not in json.dumps(page.charts)
    assert "&lt;img" not in page.text


def test_models_of_one_title_are_told_apart(report: EvaluationReport) -> None:
    page = Page(to_html(hostile_report()))
    titles = [model["title"] for model in page.data["models"]]
    assert len(set(titles)) == 2
    names = {trace["y"][0] for trace in page.charts["accuracy"]["data"]}
    assert len(names) == len(page.charts["accuracy"]["data"]) == 4


def test_no_heading_of_the_table_is_a_formula() -> None:
    heads = next(csv.reader(io.StringIO(predictions_csv(hostile_report()))))
    assert "answer (=HYPERLINK(1))" in heads
    assert all(head[0].isalpha() for head in heads)


@given(st.lists(st.text(), max_size=4))
def test_a_file_is_never_called_by_anything_but_plain_signs(words: list[str]) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,79}", file_stem(words))


def test_a_report_tells_no_folder_of_the_machine_it_was_made_on(report: EvaluationReport) -> None:
    place = "/srv/ann/faces.csv"
    model = report.models[0]
    private = replace(
        report,
        faces=replace(report.faces, name=place),
        models=(replace(model, card=replace(model.card, config={"dataset": place})),),
    )
    assert "/srv/ann" not in to_html(private)
    assert "/srv/ann" not in as_json(private)


# ── what must be said ────────────────────────────────────────────────────────────────────────────


def sayings(faces: Dataset, view: DatasetView = DatasetView(), **model: Any) -> str:  # noqa: B008 (frozen)
    report = report_of([model_of(faces, **model)], faces, view, left_out={Emotion.SAD: 0})
    return " ".join(text for _, text in caveats_of(report))


def test_what_flatters_or_handicaps_a_model_is_said() -> None:
    faces, drawn = faces_of(), SplitPlan(0.2, keep_test=False)
    config = {"view": {"splits": {"validation_fraction": 0.2, "keep_test": False}}}
    assert "learned from Drawn" in sayings(faces, dataset={"title": "Drawn"})
    assert "learned from" not in sayings(faces)
    assert "has seen these faces" in sayings(faces, split=Split.TRAIN)
    assert "these are other splits" in sayings(faces, config=config)
    assert "these are other splits" in sayings(faces, DatasetView(splits=drawn))
    assert "other splits" not in sayings(
        faces, DatasetView(splits=SplitPlan(0.2, keep_test=False)), config=config
    )
    assert "does not say how its faces were divided" in sayings(faces, config={"view": {"splits": 3}})
    assert "averaged over ten crops" in sayings(faces, tta=TTA.TEN_CROP)
    assert "edition “Mine”" in sayings(faces, DatasetView(edition="Mine"))
    assert "only 30 faces" in sayings(faces.take(np.arange(30)))
    assert "only" not in sayings(faces)
    assert "one last honest look" in sayings(faces, split=Split.TEST)
    assert "left out" not in sayings(faces)


def test_faces_that_were_left_out_are_counted() -> None:
    faces = faces_of()
    known = tuple(emotion for emotion in EMOTIONS if emotion not in ("sad", "fear"))
    report = report_of([model_of(faces, emotions=known)], faces, left_out={Emotion.SAD: 12, Emotion.FEAR: 1})
    (said,) = (text for kind, text in caveats_of(report) if kind == "left out")
    assert "does not know sad and fear" in said
    assert "12 faces labelled sad and 1 face labelled fear are left out" in said
    assert "--answerable-only" in to_html(report)


def test_models_that_were_asked_otherwise_make_no_report() -> None:
    faces = faces_of()
    for other in (
        model_of(faces_of(100), "b"),
        model_of(faces, "b", tta=TTA.FLIP),
        model_of(faces, "b", split=Split.TEST),
    ):
        with pytest.raises(ModelMismatchError, match="“b” was asked about other faces"):
            report_of([model_of(faces), other], faces)
    with pytest.raises(ModelMismatchError, match="at least one model"):
        report_of([], faces)


# ── tables, formulas, the command ────────────────────────────────────────────────────────────────


def test_the_table_holds_every_answer(report: EvaluationReport) -> None:
    rows = list(csv.DictReader(io.StringIO(predictions_csv(report))))
    assert [int(row["row"]) for row in rows] == report.faces.rows.tolist()
    assert {row["split"] for row in rows} == {"validation"}
    for model in report.models:
        name, of_one = model.evaluation.model, model.evaluation
        assert [row[f"right ({name})"] == "1" for row in rows] == of_one.is_right.tolist()
        assert all(
            (row[f"answer ({name})"] == row["label"]) == (row[f"right ({name})"] == "1") for row in rows
        )
        read = np.array([[row[f"{emotion} ({name})"] for emotion in EMOTIONS] for row in rows], np.float32)
        assert np.array_equal(read, of_one.probabilities)


@pytest.mark.parametrize(
    "view",
    [
        DatasetView(),
        DatasetView(edition="it's mine", labels="majority", skip_bad=True),
        DatasetView(splits=SplitPlan(0.25, 0.1, seed=4, keep_test=False)),
        DatasetView(splits=SplitPlan()),
    ],
    ids=str,
)
def test_the_command_asks_for_the_same_faces(report: EvaluationReport, view: DatasetView) -> None:
    parser = argparse.ArgumentParser()
    shared_options.add_view(parser)
    assert shared_options.view_of(parser.parse_args(view.as_options())) == view
    page = Page(to_html(replace(report, view=view, models=report.models[:1])))
    assert shlex.split(page.data["command"])[-2:] == ["--output", "a-validation.html"]
    assert page.data["command"] in page.words


def test_every_formula_can_be_drawn_without_a_library() -> None:
    faces = faces_of()
    for score in scores_of(model_of(faces).evaluation):
        ET.fromstring(to_mathml(score.formula))
        ET.fromstring(f"<p>{sentence_html(score.words)}</p>")
        assert "\\" not in to_mathml(score.formula) + sentence_html(score.words)
        assert "$" not in sentence_html(score.words)


def test_a_formula_reads_as_it_was_written() -> None:
    drawn = to_mathml(r"\frac{1}{k}\sum_{i=1}^{k} TP_i \text{of a < b}")
    assert "<mfrac><mrow><mn>1</mn></mrow><mrow><mi>k</mi></mrow></mfrac>" in drawn
    assert drawn.count("<munderover>") == 1
    assert "<msub><mi>P</mi><mi>i</mi></msub>" in drawn
    assert "of\u00a0a\u00a0&lt;\u00a0b" in drawn


@pytest.mark.parametrize("formula", [r"\frac{1}", r"\sqrt{2}", "{a", "a}", "a_"])
def test_a_formula_that_is_not_understood_is_an_error(formula: str) -> None:
    with pytest.raises(ValueError, match="formula"):
        to_mathml(formula)
