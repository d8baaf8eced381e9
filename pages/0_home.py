"""Home page: what the workshop is, what is ready, and where to go next."""

from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from fer import runs
from fer.course import SetUp, Station
from fer.course.lessons import first_run
from fer.datasets import list_datasets
from fer.emotions import EMOTIONS
from fer.errors import ModelError
from fer.models.card import ModelCard, load_card
from fer.models.inference import ModelEntry, list_models, model_folder
from pages.parts import caches, components, face_sheet, masthead, notices, phrases, state
from pages.parts.course.contents import contents
from pages.parts.course.set_up import apply_set_up


def first_readable(models: Sequence[ModelEntry]) -> ModelCard | None:
    """The first model's card that can be read: a damaged one is station 4's to complain about."""
    for entry in models:
        with suppress(ModelError):
            return load_card(model_folder(entry.name))
    return None


masthead.page_header(
    "Teach a computer to read a face",
    "From labelled faces to a webcam that names an expression, in five stations. You do each step yourself.",
)


def station(number: int, title: str, what: str, ready: str, label: str, icon: str) -> None:
    """Draw one station's card: its place from 1 to 5, what one does there, what is ready, and the link."""
    with st.container(border=True, height="stretch", gap="small"):
        st.html(f'<div class="fer-station">Station {number}</div>')
        st.subheader(title, anchor=False)
        st.markdown(what)
        st.space("stretch")
        st.caption(f"{icon} {ready}")
        notices.link(f"pages/{number}_{title.lower()}.py", label)


def quick_start() -> None:
    """Draw the shortest way to a model of one's own."""
    st.subheader("Start: ten minutes to your first model", anchor=False)
    st.markdown(
        "1. **Train** a small network on the built-in faces: about a minute.\n"
        "2. **Evaluate** it: which emotion does it miss?\n"
        "3. **Try** it on a picture, and see what drawn faces cannot teach."
    )
    if st.button("Fill in a first run", icon=":material/play_arrow:", key="home.first_run"):
        apply_set_up(SetUp(Station.TRAINING, training=first_run.CONFIG))


def suggestion(title: str, what: str, page: str, label: str) -> None:
    """Draw what to do next."""
    st.subheader(title, anchor=False)
    st.markdown(what)
    st.space("stretch")
    notices.link(page, label)


with notices.shown():
    own = [entry for entry in list_datasets() if entry.kind not in ("built-in", "not understood")]
    history = runs.list_runs()
    models = list_models()
    shipped = first_readable([entry for entry in models if entry.kind == "pretrained"])

face_sheet.show(
    caches.portraits(),
    [
        face_sheet.Caption(emotion.capitalize(), emotion.color, f"a drawn {emotion} face")
        for emotion in EMOTIONS
    ],
    key="home.faces",
    side="min(6rem, 22%)",
)
st.caption(
    "The seven expressions of FER-2013, as the built-in faces show them. Drawn by this program; they show no "
    "real person."
)

running = next((run for run in history if run.is_active), None)
if running is not None:
    training = f"“{running.title}” is being trained now"
elif history:
    training = f"{len(history)} {'run' if len(history) == 1 else 'runs'} so far"
else:
    training = "no run of your own yet"

path, start = st.columns([3, 2], gap="medium")
with path, notices.shown():
    contents()
with start, st.container(border=True, gap="small", key="home-start"):
    quick_start()

st.header("Or walk freely", anchor=False)
first, second = st.columns(3, gap="medium"), st.columns(3, gap="medium")
with first[0]:
    station(
        1,
        "Dataset",
        "Look at the faces and their labels, and at what is common and what is rare.",
        f"the built-in faces and {len(own)} of yours" if own else "the built-in faces are ready",
        "Look at faces",
        ":material/check_circle:",
    )
with first[1]:
    station(
        2,
        "Augmentation",
        "Turn one face into many, and find out how far is too far.",
        phrases.augmentation(state.augmentation()),
        "Augment a face",
        ":material/casino:",
    )
with first[2]:
    station(
        3,
        "Training",
        "Choose the settings, press start, and watch the curves while it learns.",
        training,
        "See the run" if running else "Train a model",
        ":material/autorenew:" if running else ":material/history:",
    )
with second[0]:
    station(
        4,
        "Evaluation",
        "See what a model mistakes for what, and how sure one can be.",
        f"{shipped.title}: {phrases.tested(shipped)} on {shipped.dataset.get('title', 'its test faces')}"
        if shipped and shipped.test
        else f"{len(models)} {'model' if len(models) == 1 else 'models'} to evaluate"
        if models
        else "needs a model; train one first",
        "Evaluate a model",
        ":material/fact_check:" if models else ":material/pending:",
    )
with second[1]:
    station(
        5,
        "Live",
        "Let it read your own face, in the webcam or in a picture. Only the computer that runs FER Lab sees "
        "it.",
        "ready" if models else "needs a model; train one first",
        "Try it",
        ":material/videocam:" if models else ":material/pending:",
    )
st.html(components.style(__file__))
with second[2], st.container(border=True, height="stretch", gap="small", key="home-next"):
    st.html('<div class="fer-station">Next</div>')
    if running is not None:
        suggestion(
            "Watch it learn",
            "Training goes on by itself. Come back to its curves at any time.",
            "pages/3_training.py",
            "To the curves",
        )
    elif not history:
        suggestion(
            "Start with the faces",
            "Guess a few labels yourself before a model does. Then train one: the built-in faces need a few "
            "minutes and no download.",
            "pages/1_dataset.py",
            "Begin",
        )
    elif not own:
        suggestion(
            "Bring real faces",
            "Drawn faces are kind. Add FER-2013 at station 1 and see what changes.",
            "pages/1_dataset.py",
            "Add FER-2013",
        )
    else:
        suggestion(
            "Ask it hard questions",
            "Look at your latest model's mistakes, change one setting, and train again.",
            "pages/4_evaluation.py",
            "To its mistakes",
        )
