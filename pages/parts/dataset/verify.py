"""Label verification: twenty faces without their labels, your answers, then a model's and other people's."""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from fer import figures
from fer.course import Guess
from fer.course.lessons.guessing import ROUND
from fer.datasets import Dataset
from fer.datasets.browsing import VOTE_OUTCOMES, vote_outcomes
from fer.datasets.character import VOTE_OF
from fer.datasets.registry import SYNTHETIC
from fer.emotions import Emotion
from fer.models.inference import DEFAULT_MODEL, DRAWN_FACES_MODEL
from fer.statistics import Proportion, percent
from pages.parts import caches, notices, pickers, state
from pages.parts.course.course_state import GUESSES
from pages.parts.plot import plot

_GAME, _OPEN = "dataset.verify_game", "dataset.verifying"


@dataclass(frozen=True, slots=True)
class Game:
    """How far a learner is in guessing labels.

    Attributes:
        dataset: whose faces.
        places: of the faces of this round.
        answers: what the learner said of them, in that order.
        is_revealed: whether the label of the face answered last is being shown.
    """

    dataset: str
    places: tuple[int, ...]
    answers: tuple[Emotion, ...] = ()
    is_revealed: bool = False

    @property
    def place(self) -> int:
        """The face that is asked about, or was answered last."""
        return self.places[max(len(self.answers) - self.is_revealed, 0)]

    @property
    def is_over(self) -> bool:
        """Whether all faces of the round were answered and seen."""
        return len(self.answers) == len(self.places) and not self.is_revealed

    def agreed(self, dataset: Dataset) -> int:
        """For how many faces the answer was the label."""
        pairs = zip(self.places, self.answers, strict=False)
        return sum(dataset.emotions[dataset.labels[place]] is answer for place, answer in pairs)


def button(dataset: Dataset, key: str) -> None:
    """Draw the button that opens the game; `key` is the widget's."""
    st.button(
        "Guess the labels",
        icon=":material/how_to_reg:",
        key=key,
        on_click=open_game,
        help=f"{ROUND} faces without their labels: say what you see, then compare yourself with a model.",
    )
    if st.session_state.get(_OPEN):
        _play(dataset)


def open_game() -> None:
    """Have the game opened when its button is drawn; a callback, or before that."""
    state.set_face(None)
    st.session_state[_OPEN] = True


def _close() -> None:
    st.session_state[_OPEN] = False


@st.dialog("What does this face show?", width="medium", on_dismiss=_close)
def _play(dataset: Dataset) -> None:
    game: Game | None = st.session_state.get(_GAME)
    if game is None or game.dataset != dataset.name or max(game.places, default=0) >= len(dataset):
        game = _new_game(dataset)
    if game.is_over:
        _result(dataset, game)
        return
    st.progress(
        len(game.answers) / len(game.places),
        text=f"{len(game.answers)} of {len(game.places)} faces answered, {game.agreed(dataset)} like the "
        f"label",
    )
    picture, words = st.columns([1, 1], gap="large", vertical_alignment="center")
    with picture:
        st.plotly_chart(
            figures.face_figure(dataset.images[game.place]),
            config={"displayModeBar": False, "staticPlot": True},
            key="dataset.verify_face",
        )
    with words:
        if game.is_revealed:
            _reveal(dataset, game)
        else:
            _ask(dataset, game)


def _ask(dataset: Dataset, game: Game) -> None:
    st.markdown("Which emotion does this face show? Say it before you know what the label says.")
    with st.container(horizontal=True, gap="small"):
        for index, emotion in enumerate(dataset.emotions, start=1):
            st.button(
                emotion.capitalize(),
                key=f"dataset.verify.{emotion}",
                shortcut=str(index) if index < 10 else None,
                on_click=_answered,
                args=(game, emotion),
            )


def _reveal(dataset: Dataset, game: Game) -> None:
    answer, label = game.answers[-1], dataset.emotions[dataset.labels[game.place]]
    if answer is label:
        st.markdown(f"### {label.capitalize()}\nYou and the label agree.")
    else:
        st.markdown(f"### {label.capitalize()}\nsays the label; you said **{answer}**.")
    st.caption(f"Row {int(dataset.rows[game.place]):,}")
    if dataset.votes is not None and vote_outcomes(dataset.votes[[game.place]])[0] >= 0:
        votes = dataset.votes[game.place]
        st.markdown(f"**What {int(votes.sum())} FER+ voters saw**")
        plot(figures.votes_figure(votes, label), "dataset.verify_votes")
    last = len(game.answers) == len(game.places)
    st.button(
        "See the result" if last else "Next face",
        type="primary",
        icon=":material/arrow_forward:",
        icon_position="right",
        shortcut="Enter",
        key="dataset.verify_next",
        on_click=_next,
        args=(game,),
    )


def _result(dataset: Dataset, game: Game) -> None:
    """The learner's share beside the model's and other people's, on the same faces."""
    mine = Proportion(game.agreed(dataset), len(game.places))
    st.metric("You agreed with the label", percent(mine.share, 0), f"{mine.right} of {mine.of} faces", "off")
    with notices.shown():
        guesses, title = _guesses(dataset, game)
    if guesses:
        right = sum(guess.model is guess.label for guess in guesses)
        st.metric(f"{title} agreed", percent(right / len(guesses), 0), f"{right} of {len(guesses)}", "off")
        st.session_state[GUESSES] = guesses
    st.markdown(_people(dataset, game))
    st.caption(f"With {mine.of} faces your share is uncertain: {mine.range_95} with 95\u00a0% confidence.")
    st.button(
        "Another round",
        icon=":material/replay:",
        key="dataset.verify_again",
        on_click=_again,
        args=(dataset,),
    )


def _guesses(dataset: Dataset, game: Game) -> tuple[tuple[Guess, ...], str]:
    """Every face of the round with all three answers, and what the model is called; none without a model."""
    drawn = dataset.name == SYNTHETIC
    name = DRAWN_FACES_MODEL if drawn else DEFAULT_MODEL
    known = {entry.name: entry.title for entry in pickers.titled_models()}
    if name not in known:
        return (), ""
    recognizer = caches.recognizer(name)
    answers = recognizer.predict(dataset.images[list(game.places)]).argmax(axis=1)
    rows = zip(game.places, game.answers, answers, strict=True)
    return (
        tuple(
            Guess(
                int(dataset.rows[place]),
                dataset.emotions[dataset.labels[place]],
                answer,
                recognizer.emotions[model],
            )
            for place, answer, model in rows
        ),
        known[name],
    )


def _people(dataset: Dataset, game: Game) -> str:
    """What other people made of the same faces, where that is known."""
    if dataset.votes is not None:
        outcomes = vote_outcomes(dataset.votes[list(game.places)])
        labels = [dataset.emotions[dataset.labels[place]] for place in game.places]
        agreed = sum(
            outcome >= 0 and VOTE_OUTCOMES[outcome] == VOTE_OF[label]
            for outcome, label in zip(outcomes, labels, strict=True)
        )
        return f"Most FER+ voters agreed with the label for **{agreed} of {len(labels)}** of these faces."
    people, spread = round(100 * figures.HUMAN_ACCURACY), round(100 * figures.HUMAN_ACCURACY_SPREAD)
    return (
        f"Nobody else was asked about these faces. On FER-2013 people agree with the label for {people} ± "
        f"{spread}\u00a0% of the faces."
    )


def _answered(game: Game, emotion: Emotion) -> None:
    st.session_state[_GAME] = replace(game, answers=(*game.answers, emotion), is_revealed=True)


def _next(game: Game) -> None:
    st.session_state[_GAME] = replace(game, is_revealed=False)


def _again(dataset: Dataset) -> None:
    _new_game(dataset)


def _new_game(dataset: Dataset) -> Game:
    game = Game(dataset.name, _drawn(dataset))
    st.session_state[_GAME] = game
    return game


def _drawn(dataset: Dataset) -> tuple[int, ...]:
    """A round of faces, each as likely as every other: the score is then one of the dataset."""
    count = min(ROUND, len(dataset))
    return tuple(np.random.default_rng().choice(len(dataset), count, replace=False).tolist())
