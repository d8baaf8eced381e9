"""Lesson: one task of the course as data, with a check over the learner's own work."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from fer.config import AugmentationConfig, TrainingConfig
from fer.course.work import Answers, Work


class Station(StrEnum):
    """Where a lesson happens; the value is the page's name."""

    DATASET = "dataset"
    AUGMENTATION = "augmentation"
    TRAINING = "training"
    EVALUATION = "evaluation"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Question:
    """What a learner has to type or choose.

    Attributes:
        key: its name in `Answers`.
        text: the question.
        options: to choose from; empty where a number is typed.
        unit: what follows the number, such as "%"; a share is typed in per cent.
    """

    key: str
    text: str
    options: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class SetUp:
    """What one click fills in, and where it leads.

    Attributes:
        station: the page.
        view: the page's view to open; empty for its first.
        training: the settings that the training form is filled with.
        augmentation: what the augmentation page is set to.
        dataset: the dataset chosen for every page; empty leaves it.
        models: the models to evaluate or to use, the first one shown; empty leaves them.
        opens_game: whether the guessing game is opened.
    """

    station: Station
    view: str = ""
    training: TrainingConfig | None = None
    augmentation: AugmentationConfig | None = None
    dataset: str = ""
    models: tuple[str, ...] = ()
    opens_game: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check says.

    Attributes:
        passed: whether the task is done.
        sentence: why, and what to do if it is not; Markdown, two sentences at most.
    """

    passed: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on a run's curves that a solution points at.

    Attributes:
        epoch: where, from 1.
        text: what stands beside it, a few words.
    """

    epoch: int
    text: str


@dataclass(frozen=True, slots=True)
class Solution:
    """How the task comes out on the learner's own work.

    Attributes:
        text: the answer with the learner's figures in it; Markdown.
        run: whose curves are drawn beside it; empty for none.
        marks: what is marked on them.
    """

    text: str
    run: str = ""
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Lesson:
    """One task.

    Attributes:
        key: its name for a program, also in addresses and in saved progress.
        title: its name for a person.
        why: why it matters, two sentences.
        minutes: how long it takes with its computing, measured on two cores.
        station: where it happens.
        task: what to do, at most three sentences.
        questions: what to answer; empty where the work itself is the answer.
        hints: three of growing help.
        remember: what to keep of it, a sentence or two.
        set_up: what *Set it up for me* fills in, given the work so far.
        check: whether the task is done.
        solve: the solution on the learner's own work; None while that work is missing.
    """

    key: str
    title: str
    why: str
    minutes: int
    station: Station
    task: str
    questions: tuple[Question, ...]
    hints: tuple[str, str, str]
    remember: str
    set_up: Callable[[Work], SetUp]
    check: Callable[[Work, Answers], Verdict]
    solve: Callable[[Work], Solution | None]
