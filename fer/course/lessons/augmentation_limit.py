"""Label preservation: how far a face can be rotated before its label no longer fits."""

from fer.config import AugmentationConfig
from fer.course.checking import number, passed, refused
from fer.course.lesson import Lesson, Question, SetUp, Solution, Station, Verdict
from fer.course.work import Answers, Work

MARK = "augmentation.rotation."
"""Followed by whole degrees: what a model said of copies rotated by up to so many, a `Strength`."""
_TOO_STRONG = "too_strong"
# The next setting that was tried may lie so far above the answer.
_STEP_DEGREES = 20


def _tried(work: Work) -> dict[int, str]:
    """What was said of each rotation that was tried, by its degrees."""
    names = {name: str(word) for name, word in work.marks.items() if name.startswith(MARK)}
    return {int(name.removeprefix(MARK)): word for name, word in names.items()}


def _limit(tried: dict[int, str]) -> int | None:
    """The largest rotation that was not too strong, below the first that was; None while one is missing."""
    strong = [degrees for degrees, word in tried.items() if word == _TOO_STRONG]
    if not strong:
        return None
    below = [degrees for degrees in tried if degrees < min(strong)]
    return max(below, default=None)


def _check(work: Work, answers: Answers) -> Verdict:
    tried = _tried(work)
    strong = [degrees for degrees, word in tried.items() if word == _TOO_STRONG]
    if not tried:
        return refused("No model was asked yet. Choose one under the sheet, and set the rotation.")
    if "no_judge" in tried.values() and not strong:
        return refused("That model is wrong on most of the faces as they are. Ask one that knows them.")
    if not strong:
        return refused(f"At {max(tried)}° the model does not object yet. Rotate further.")
    limit = _limit(tried)
    if limit is None:
        return refused(f"At {min(strong)}° it is too much already. Try a smaller rotation too.")
    if min(strong) - limit > _STEP_DEGREES:
        return refused(f"It turns somewhere between {limit}° and {min(strong)}°. Try one in between.")
    typed = number(answers, "degrees")
    if typed is None:
        return refused("Type the largest rotation that the model still accepts, in degrees.")
    if typed in strong:
        return refused(f"At {typed:g}° the verdict was *too strong*. The answer is the largest below it.")
    if not limit <= typed < min(strong):
        return refused(
            f"You tried larger rotations that the model accepted. The limit lies above {typed:g}°."
        )
    return passed(
        f"Up to about {limit}° the answers hold; at {min(strong)}° more of them change than the model gets "
        "wrong by itself."
    )


def _solve(work: Work) -> Solution | None:
    limit = _limit(_tried(work))
    return None if limit is None else Solution(f"The largest rotation that the model accepted is {limit}°.")


LESSON = Lesson(
    key="augmentation-limit",
    title="How much augmentation a label can bear",
    why="A rotated smile is still a smile, so one photograph can teach as many. Changed too far, a face "
    "no longer shows what its label says, and the model learns something false.",
    minutes=5,
    station=Station.AUGMENTATION,
    task="Ask a model about rotated copies. Raise the rotation in steps until the verdict is *too "
    "strong*, and "
    "name the largest rotation that it accepts.",
    questions=(Question("degrees", "The largest rotation that the model accepts", unit="°"),),
    hints=(
        "*Set it up for me* opens the sheet with rotation alone. *Ask a model* stands below the faces.",
        "Try 15, 30, 45 and 60 degrees, and read the verdict at each.",
        "The answer is the last rotation before the first *too strong*.",
    ),
    remember="Augment with changes that occur in the world and leave the label true. Look at the copies "
    "before "
    "you train on them.",
    set_up=lambda work: SetUp(
        Station.AUGMENTATION, view="Sheet", augmentation=AugmentationConfig(rotation_degrees=15)
    ),
    check=_check,
    solve=_solve,
)
