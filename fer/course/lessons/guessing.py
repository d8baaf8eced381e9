"""Human accuracy: twenty faces guessed by the learner, and the same twenty by a model."""

from fer.course.checking import is_near, number, passed, refused
from fer.course.lesson import Lesson, Question, SetUp, Solution, Station, Verdict
from fer.course.work import Answers, Work
from fer.statistics import Proportion, percent

ROUND = 20
"""Faces in one round of the game."""


def _check(work: Work, answers: Answers) -> Verdict:
    guesses = work.guesses
    if len(guesses) < ROUND:
        return refused(f"You have guessed {len(guesses)} of {ROUND} faces. Guess the others first.")
    mine = Proportion(sum(guess.answer is guess.label for guess in guesses), len(guesses))
    models = sum(guess.model is guess.label for guess in guesses) / len(guesses)
    typed = number(answers, "mine")
    if typed is None:
        return refused("Type the share of the faces for which you agreed with the label, in per cent.")
    if is_near(typed, 100 * mine.share):
        return passed(
            f"{percent(mine.share, 0)} for you and {percent(models, 0)} for the model. With {ROUND} faces "
            f"your "
            f"true share may lie anywhere in {mine.range_95}."
        )
    if is_near(typed, 100 * models):
        return refused("That is the model's share. Type yours.")
    if is_near(typed, mine.right, 0.5):
        return refused(
            f"That is how many faces, out of {ROUND}. Type the share: {ROUND} faces are 100\u00a0%."
        )
    if is_near(typed, 100 * (1 - mine.share)):
        return refused("That is the share for which you did not agree. Type the share for which you did.")
    return refused("That is not your share of this round. It stands below the last face.")


def _solve(work: Work) -> Solution | None:
    guesses = work.guesses
    if len(guesses) < ROUND:
        return None
    mine = Proportion(sum(guess.answer is guess.label for guess in guesses), len(guesses))
    return Solution(
        f"You agreed with the label for {mine.right} of {mine.of} faces: {percent(mine.share, 0)}."
    )


LESSON = Lesson(
    key="guessing",
    title="Guess twenty faces",
    why="A label is what somebody said a face shows, and people do not always agree. On FER-2013 they agree "
    "with the label for about two faces of three, so no model can honestly be right on all.",
    minutes=4,
    station=Station.DATASET,
    task=f"Say what you see in {ROUND} faces before you see their labels. Then compare yourself with a model "
    "that was shown the same faces.",
    questions=(Question("mine", "For which share of the faces did you agree with the label?", unit="%"),),
    hints=(
        "*Set it up for me* opens the game. Answer with the buttons or the keys 1 to 7.",
        f"After {ROUND} faces the game shows your share and the model's.",
        f"Your share is the number of faces you agreed on, divided by {ROUND}.",
    ),
    remember="The labels are the yardstick of everything that follows, and they are opinions. An accuracy is "
    "agreement with them.",
    set_up=lambda work: SetUp(Station.DATASET, view="Faces", opens_game=True),
    check=_check,
    solve=_solve,
)
