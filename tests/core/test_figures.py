"""Figures say what our values say, in the emotions' own colours."""

import json

import numpy as np
import pytest
from numpy.typing import NDArray

from fer import figures
from fer.datasets import Split
from fer.datasets.browsing import TIE, VOTE_OUTCOMES
from fer.datasets.character import Disagreement, character_of
from fer.datasets.dataset import VOTE_NAMES
from fer.emotions import EMOTIONS, Emotion
from fer.evaluation import Evaluation
from fer.evaluation.comparison import compare_confusions
from tests.conftest import dataset_of


@pytest.fixture
def evaluation() -> Evaluation:
    """Ten angry faces, eight of them found; two happy ones, both called angry."""
    true, predicted = [0] * 10 + [3] * 2, [0] * 8 + [1] * 2 + [0] * 2
    return Evaluation.from_predictions(
        "model", Split.TEST, EMOTIONS, np.array(true, np.intp), np.eye(7, dtype=np.float32)[predicted]
    )


def test_bars_hold_the_counts_in_the_emotions_colors() -> None:
    dataset = dataset_of([0, 0, 3, 6], [Split.TRAIN, Split.TRAIN, Split.TRAIN, Split.TEST])
    train, test = figures.counts_figure(dataset.counts()).data
    assert list(train.x) == [2, 0, 0, 1, 0, 0, 0]
    assert list(test.x) == [0, 0, 0, 0, 0, 0, 1]
    assert list(train.marker.color) == [emotion.color for emotion in EMOTIONS]


def test_no_tick_stands_at_half_a_face() -> None:
    assert figures.counts_figure(dataset_of([0, 0, 3]).counts()).layout.xaxis.dtick == 1
    assert figures.counts_figure(dataset_of([0] * 5).counts()).layout.xaxis.dtick is None


def test_every_pixel_of_a_face_is_in_its_figure() -> None:
    image = np.arange(48 * 48, dtype=np.uint32).reshape(48, 48, 1).astype(np.uint8)
    grey = figures.face_figure(image).data[0]
    np.testing.assert_array_equal(grey.z, image[:, :, 0])
    assert (grey.zmin, grey.zmax) == (0, 255)
    assert figures.face_figure(np.repeat(image, 3, axis=2)).data[0].type == "image"


def test_confusion_cells_show_counts_or_shares_and_are_shaded_by_share(evaluation: Evaluation) -> None:
    for cells, texts in (("count", {"8", "2"}), ("row share", {"80\u00a0%", "20\u00a0%", "100\u00a0%"})):
        figure = figures.confusion_figure(evaluation, cells)
        shown = {note.text for note in figure.layout.annotations} - {"0", "0\u00a0%"}
        assert shown == texts
        assert figure.data[0].z[3][0] == 1
    assert len(figure.layout.annotations) == 49


def test_a_column_of_shares_tells_how_far_an_answer_can_be_trusted(evaluation: Evaluation) -> None:
    figure = figures.confusion_figure(evaluation, "column share")
    angry = EMOTIONS.index(Emotion.ANGRY)
    assert figure.data[0].z[angry][angry] == pytest.approx(0.8)
    assert figure.data[0].z[EMOTIONS.index(Emotion.HAPPY)][angry] == pytest.approx(0.2)


def test_the_text_of_a_cell_can_be_read_by_day_and_by_night(evaluation: Evaluation) -> None:
    def luminance(color: NDArray[np.float64]) -> float:
        linear = np.where(color <= 0.04045, color / 12.92, ((color + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    difference = compare_confusions(evaluation, evaluation)
    shades = {
        shade
        for figure in (
            figures.confusion_figure(evaluation),
            figures.confusion_difference_figure(difference, "A", "B"),
        )
        for _, shade in figure.data[0].colorscale
    }
    assert len(shades) == 5 - 1  # both matrices end in the same petrol
    for shade in shades:
        *color, alpha = (float(part) for part in shade.removeprefix("rgba(").rstrip(")").split(","))
        for paper, ink in (("fdfcfa", "1d2327"), ("15181c", "e8e6e1")):  # of .streamlit/config.toml
            page, text = (np.array(list(bytes.fromhex(code))) / 255 for code in (paper, ink))
            ground = alpha * np.array(color) / 255 + (1 - alpha) * page
            light, dark = sorted((luminance(ground), luminance(text)), reverse=True)
            assert (light + 0.05) / (dark + 0.05) > 4.5, (shade, paper)


def test_a_difference_is_shaded_to_both_sides_of_nothing(evaluation: Evaluation) -> None:
    better = Evaluation.from_predictions(
        "better",
        Split.TEST,
        EMOTIONS,
        evaluation.true_labels,
        np.eye(7, dtype=np.float32)[evaluation.true_labels],
    )
    heat = figures.confusion_difference_figure(compare_confusions(evaluation, better), "A", "B")
    texts = {note.text for note in heat.layout.annotations}
    assert texts == {"0", "+20", "−20", "+100", "−100"}
    assert heat.data[0].zmin == -heat.data[0].zmax
    assert heat.data[0].z[0][0] == pytest.approx(0.2)


def test_several_models_stand_on_one_scale(evaluation: Evaluation) -> None:
    figure = figures.accuracy_figure(evaluation, name="A", others=[("B", evaluation)])
    assert [trace.y[0] for trace in figure.data][:2] == ["A", "B"]
    assert len(figure.data) == 4


def test_an_emotion_without_faces_leaves_an_empty_row(evaluation: Evaluation) -> None:
    z = figures.confusion_figure(evaluation).data[0].z
    assert not np.any(z[EMOTIONS.index(Emotion.SAD)])


def test_disagreement_has_agreement_on_its_diagonal_and_a_point_to_click_on_every_square() -> None:
    counts = np.zeros((7, len(VOTE_OUTCOMES)), np.intp)
    counts[3, VOTE_OUTCOMES.index("happiness")] = 9
    counts[3, VOTE_OUTCOMES.index("NF")] = 1
    counts[0, VOTE_OUTCOMES.index("anger")] = 4
    heat, points = figures.disagreement_figure(Disagreement(counts, 13 / 14), EMOTIONS).data
    assert [heat.z[row][row] for row in (0, 3)] == [1, 0.9]
    assert list(heat.x[7:]) == ["Contempt", "Unknown", "Not a face", "Tie"]
    assert len(points.x) == 7 * len(VOTE_OUTCOMES)
    clicked = {(data[0], data[1]): data[2] for data in points.customdata if data[2]}
    assert clicked == {("happy", "happiness"): 9, ("happy", "NF"): 1, ("angry", "anger"): 4}
    assert {data[1] for data in points.customdata} == {*VOTE_NAMES, TIE}


def test_histograms_are_shares_of_each_emotions_pixels_in_its_color() -> None:
    dataset = dataset_of([0, 3, 3], size=8)
    every, angry, happy = figures.histogram_figure(character_of(dataset), dataset.emotions).data
    for trace in (every, angry, happy):
        assert sum(trace.y) == pytest.approx(1)
    assert (angry.line.color, happy.line.color) == (Emotion.ANGRY.color, Emotion.HAPPY.color)
    # The faces of conftest are brighter the later their emotion comes.
    assert np.average(angry.x, weights=angry.y) < np.average(happy.x, weights=happy.y)


def test_votes_are_bars_most_first_and_the_label_is_ringed() -> None:
    votes = np.zeros(len(VOTE_NAMES), np.uint8)
    votes[VOTE_NAMES.index("fear")], votes[VOTE_NAMES.index("NF")] = 3, 7
    bar = figures.votes_figure(votes, Emotion.FEAR).data[0]
    assert (list(bar.y), list(bar.x)) == (["Not a face", "Fear"], [7, 3])
    assert list(bar.marker.line.width) == [0, 2]
    assert bar.marker.color[1] == Emotion.FEAR.color


def test_accuracy_stands_beside_people_and_the_laziest_answer(evaluation: Evaluation) -> None:
    model, people, lazy = figures.accuracy_figure(evaluation).data
    low, high = evaluation.correct.interval_95
    assert model.x[0] == evaluation.accuracy == pytest.approx(8 / 12)
    assert model.x[0] - model.error_x.arrayminus[0] == pytest.approx(low)
    assert model.x[0] + model.error_x.array[0] == pytest.approx(high)
    assert people.x[0] == 0.65
    assert lazy.y[0] == "Always “angry”"
    assert lazy.x[0] == pytest.approx(10 / 12)


def test_no_emotion_is_called_the_commonest_where_all_are_as_frequent() -> None:
    labels = np.arange(7)
    even = Evaluation.from_predictions("m", Split.TEST, EMOTIONS, labels, np.eye(7, dtype=np.float32))
    assert figures.accuracy_figure(even).data[-1].y[0] == "Always one emotion"


def test_figures_carry_no_background_and_are_plain_json(evaluation: Evaluation) -> None:
    for figure in (
        figures.counts_figure(dataset_of([0, 1]).counts()),
        figures.accuracy_figure(evaluation),
        figures.confusion_figure(evaluation),
        figures.face_figure(np.zeros((48, 48, 1), np.uint8)),
        figures.histogram_figure(character_of(dataset_of([0, 1])), EMOTIONS),
        figures.disagreement_figure(Disagreement(np.zeros((7, 11), np.intp), 0), EMOTIONS),
        figures.votes_figure(np.ones(10, np.uint8), Emotion.SAD),
    ):
        assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0, 0, 0, 0)"
        assert json.loads(figure.to_json())["data"]
