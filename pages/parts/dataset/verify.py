"""Label verification: a face without its label, your answer, then the label and what voters said."""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from fer import figures
from fer.datasets import Dataset
from fer.datasets.browsing import vote_outcomes
from fer.emotions import Emotion
from fer.statistics import percent
from pages.parts import state
from pages.parts.plot import plot

_GAME, _OPEN = "dataset.verify_game", "dataset.verifying"


@dataclass(frozen=True, slots=True)
class Game:
    """How far a learner is in guessing labels.

    Attributes:
        dataset: whose faces.
        place: of the face that is asked about.
        answer: what the learner said of it; None before.
        asked: how many faces were answered.
        agreed: for how many the answer was the label.
    """

    dataset: str
    place: int
    answer: Emotion | None = None
    asked: int = 0
    agreed: int = 0


def button(dataset: Dataset, key: str) -> None:
    """Draw the button that opens the game; `key` is the widget's."""
    st.button(
        "Verify labels",
        icon=":material/how_to_reg:",
        key=key,
        on_click=_open,
        help="A random face without its label: say what you see, then compare.",
    )
    if st.session_state.get(_OPEN):
        _play(dataset)


def _open() -> None:
    state.set_face(None)
    st.session_state[_OPEN] = True


def _close() -> None:
    st.session_state[_OPEN] = False


@st.dialog("What would you say?", width="medium", on_dismiss=_close)
def _play(dataset: Dataset) -> None:
    game: Game | None = st.session_state.get(_GAME)
    if game is None or game.dataset != dataset.name or game.place >= len(dataset):
        game = Game(dataset.name, _drawn(dataset))
        st.session_state[_GAME] = game
    picture, words = st.columns([1, 1], gap="large", vertical_alignment="center")
    with picture:
        st.plotly_chart(
            figures.face_figure(dataset.images[game.place]),
            config={"displayModeBar": False, "staticPlot": True},
            key="dataset.verify_face",
        )
    with words:
        if game.answer is None:
            st.markdown("Which emotion does this face show? Say it before you know what the label says.")
            with st.container(horizontal=True, gap="small"):
                for index, emotion in enumerate(dataset.emotions, start=1):
                    st.button(
                        emotion.capitalize(),
                        key=f"dataset.verify.{emotion}",
                        shortcut=str(index) if index < 10 else None,
                        on_click=_answered,
                        args=(dataset, game, emotion),
                    )
            st.button(
                "Skip this one",
                type="tertiary",
                key="dataset.verify_skip",
                on_click=_next,
                args=(dataset, game),
            )
        else:
            _reveal(dataset, game, game.answer)
            st.button(
                "Next face",
                type="primary",
                icon=":material/arrow_forward:",
                icon_position="right",
                shortcut="Enter",
                key="dataset.verify_next",
                on_click=_next,
                args=(dataset, game),
            )
    people, spread = round(100 * figures.HUMAN_ACCURACY), round(100 * figures.HUMAN_ACCURACY_SPREAD)
    if game.asked:
        st.caption(
            f"You agreed with the label for **{game.agreed} of {game.asked}**, "
            f"{percent(game.agreed / game.asked, 0)}. "
            f"On FER-2013 people agree for {people} ± {spread}\u00a0% of the faces."
        )
    else:
        st.caption(
            f"On FER-2013 people agree with the label for {people} ± {spread}\u00a0% of the faces. And you?"
        )


def _reveal(dataset: Dataset, game: Game, answer: Emotion) -> None:
    label = dataset.emotions[dataset.labels[game.place]]
    if answer is label:
        st.markdown(f"### {label.capitalize()}\nYou and the label agree.")
    else:
        st.markdown(f"### {label.capitalize()}\nsays the label; you said **{answer}**.")
    st.caption(f"Row {int(dataset.rows[game.place]):,}")
    if dataset.votes is not None and vote_outcomes(dataset.votes[[game.place]])[0] >= 0:
        votes = dataset.votes[game.place]
        st.markdown(f"**What {int(votes.sum())} FER+ voters saw**")
        plot(figures.votes_figure(votes, label), "dataset.verify_votes")


def _answered(dataset: Dataset, game: Game, answer: Emotion) -> None:
    agreed = game.agreed + (dataset.emotions[dataset.labels[game.place]] is answer)
    st.session_state[_GAME] = replace(game, answer=answer, asked=game.asked + 1, agreed=agreed)


def _next(dataset: Dataset, game: Game) -> None:
    st.session_state[_GAME] = replace(game, place=_drawn(dataset), answer=None)


def _drawn(dataset: Dataset) -> int:
    """Any face, as likely as every other: the score is then one of the dataset."""
    return int(np.random.default_rng().integers(len(dataset)))
