"""Station 4: how often a model is right, where it is wrong, and how sure one can be of either."""

import streamlit as st

from fer import figures
from fer.cards import load_card
from fer.config import AS_IT_CAME, DatasetView
from fer.datasets import Split
from fer.datasets.views import describe, describe_splits
from fer.recognition import model_folder
from pages.parts import caches, masthead, notices, phrases, pickers, report_table, state

# Streamlit writes charts in a faint grey; on a shaded cell only the page's own ink can be read.
_READABLE_CELLS = """
<style>
.st-key-evaluation-matrix .annotation-text:not([style*="255, 255, 255"]) {fill: currentColor !important;}
</style>
"""

masthead.show(
    "Evaluation",
    "One figure says how often a model is right. The table behind it says what it mistakes for "
    "what, and that is where the learning is.",
    station=4,
)

with notices.shown():
    chosen, faces, part = st.columns([2, 2, 2], vertical_alignment="bottom")
    with chosen:
        model = pickers.choose_model("evaluation.model")
    if model is None:
        notices.empty(
            "No model yet",
            "Train one first; even two epochs give a model that is worth judging.",
            "pages/3_training.py",
            "To the training",
            icon=":material/model_training:",
        )
        st.stop()
    with faces:
        entry = pickers.choose_dataset("evaluation.dataset")
    with notices.working() as progress:
        view = state.view()
        dataset = caches.dataset(entry.name, progress, view)
    with part:
        split = pickers.choose_split("evaluation.split", list(dataset.counts()), Split.TEST)
    with notices.working() as progress:
        evaluation = caches.evaluate(model.name, entry.name, split, progress, view)
    card = load_card(model_folder(model.name))

low, high = evaluation.interval_95
figure, scale = st.columns([2, 3], gap="large", vertical_alignment="center")
with figure:
    st.metric("Accuracy", f"{evaluation.accuracy:.1%}", border=False)
    st.markdown(
        f"On **{len(evaluation):,}** faces. With 95% confidence, endless faces of this kind would give "
        f"**{phrases.interval(low, high)}**: a smaller difference between two models says little."
    )
    st.metric(
        "Macro F1",
        f"{evaluation.macro_f1:.1%}",
        help="The mean of the F1 of every emotion, each counting the same, however rare.",
    )
with scale:
    st.plotly_chart(
        figures.accuracy_figure(evaluation), config={"displayModeBar": False}, key="evaluation.accuracy"
    )

if view != AS_IT_CAME:
    st.info(
        f"These faces are not as they came: {describe(view)}. Figures of another state are of other faces or "
        "other labels; compare like with like."
        + (
            ""
            if view.labels == "given"
            else " What is said of people was measured on the labels as they came."
        ),
        icon=":material/edit_note:",
    )
learned_from = str(card.dataset.get("title", ""))
if learned_from and learned_from != dataset.source.title:
    st.info(
        f"This model learned from {learned_from}; these faces are from {dataset.source.title}. A score on "
        "another kind of faces tells how far its knowledge carries, not how well it was trained.",
        icon=":material/alt_route:",
    )
with notices.shown():
    learned_with = DatasetView.from_dict(card.config.get("view") or {}).splits
test_is_the_same = all(plan is None or plan.keep_test for plan in (learned_with, view.splits))
if split is Split.TRAIN:
    st.warning(
        "The model has seen these faces while learning, so this score flatters it.",
        icon=":material/visibility:",
    )
elif (
    learned_from == dataset.source.title
    and learned_with != view.splits
    and not (split is Split.TEST and test_is_the_same)
):
    was = "the splits as they came" if learned_with is None else describe_splits(learned_with)
    st.warning(
        f"This model learned with {was}, and these are other splits: some of these faces may have been "
        "among its training faces, and then the score flatters it. The **Splits** of the dataset page set "
        "them alike.",
        icon=":material/visibility:",
    )
elif split is Split.TEST:
    st.caption(
        "The test faces are for one last honest look. Choose between settings on the validation faces."
    )

st.header("What it mistakes for what", anchor=False)
matrix, words = st.columns([3, 2], gap="large")
with matrix:
    cells = st.segmented_control(
        "Cells show",
        ["Share of the row", "Counts"],
        default="Share of the row",
        required=True,
        key="evaluation.cells",
    )
    with st.container(key="evaluation-matrix"):
        st.plotly_chart(
            figures.confusion_figure(evaluation, as_share=cells == "Share of the row"),
            config={"displayModeBar": False},
            key="evaluation.confusion",
        )
    st.html(_READABLE_CELLS)
with words:
    st.markdown(
        "Each **row** holds the faces that show one emotion, each **column** what the model said. The "
        "diagonal is what it got right; everything beside it is a mistake, and mistakes have patterns."
    )
    st.markdown(
        "\n".join(
            f"- **{mistake.true.capitalize()}** was called **{mistake.predicted}** {mistake.count:,} times, "
            f"{mistake.share:.0%} of its faces."
            for mistake in evaluation.commonest_mistakes(4)
        )
        or "There is not a single mistake here."
    )

st.header("Emotion by emotion", anchor=False)
report_table.show(evaluation.class_reports)
precision, recall, f1 = st.columns(3, gap="large")
precision.markdown(
    "**Precision** When it says “happy”, how often is it true? Right answers ÷ all such answers."
)
recall.markdown("**Recall** Of all happy faces, how many does it find? Right answers ÷ all such faces.")
f1.markdown(
    "**F1** The harmonic mean of both: high only when both are. Saying “happy” to every face has a perfect "
    "recall and a poor F1."
)
