"""Quality issues explained: how each is measured, what it does to a model, what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from fer.datasets.quality.duplicates import SAME_PHOTOGRAPH
from fer.datasets.quality.finding import QualityIssue
from fer.datasets.quality.picture_quality import (
    BLANK_BELOW,
    BLURRED_BELOW,
    BRIGHT_ABOVE,
    DARK_BELOW,
    NOT_A_FACE_ABOVE,
)


@dataclass(frozen=True, slots=True)
class Lesson:
    """One issue, explained.

    Attributes:
        title: its name as a heading.
        definition: one sentence on how it is measured, in which unit.
        consequence: what it does to a model.
        remedy: what to do about it.
    """

    title: str
    definition: str
    consequence: str
    remedy: str


LESSONS: Mapping[QualityIssue, Lesson] = {
    QualityIssue.LEAK: Lesson(
        "Data leakage between splits",
        "Faces whose photograph is also in a split that judges them, ranked by likeness: 1 for the same "
        f"pixels, else the correlation of fine detail after alignment, from {SAME_PHOTOGRAPH:.2f} up.",
        "A model that has learned a test picture by heart answers it rightly without understanding faces, "
        "so the score promises more than new faces will keep.",
        "Exclude the copy in the training split. The test picture stays, so that your score can be compared "
        "with others'.",
    ),
    QualityIssue.EXACT_DUPLICATE: Lesson(
        "Exact duplicates",
        "Faces that are the same as another one in every pixel, ranked by how many copies there are.",
        "What is there five times is learned five times as hard. Copies with different labels teach that "
        "the same face is two emotions, which no model can get right.",
        "Keep one copy of each. Where the labels differ, look at it and decide.",
    ),
    QualityIssue.NEAR_DUPLICATE: Lesson(
        "Near-duplicates",
        "Faces from the same photograph as another one, cropped, recoloured, mirrored or with another "
        "watermark: the correlation of their fine detail once they are aligned, 0 to 1, shown from "
        f"{SAME_PHOTOGRAPH:.2f} up.",
        "They are duplicates in disguise: a set with many of them is smaller than it looks, and they leak "
        "as exact ones do.",
        "Within the training split they do little harm, much like augmentation. Between splits they are "
        "leaks: exclude the training copy.",
    ),
    QualityIssue.WRONG_LABEL: Lesson(
        "Label noise: suspected wrong labels",
        "Faces whose label a model contradicts that did not learn from them (5-fold cross-validation, "
        "confident learning), ranked by how much likelier it finds the suggested emotion, as a difference "
        "of probabilities.",
        "Wrong labels in training teach mistakes; wrong labels in the test split punish right answers, and "
        "set a ceiling on every score.",
        "Look before you believe: the model is wrong too, and some faces show no single emotion. Give "
        "another label where you agree with the suggestion; exclude what nobody could name.",
    ),
    QualityIssue.NOT_A_FACE: Lesson(
        "Not a face",
        "Pictures whose outlines are least like those of the average face: the cosine distance of their "
        f"histograms of oriented gradients, 0 to 1, shown from {NOT_A_FACE_ABOVE:.2f} up.",
        "There is nothing to learn from an error page or an elbow, but its label is learned all the same.",
        "Exclude what is no face. Faces in profile, tilted or half hidden are unusual too: keep those.",
    ),
    QualityIssue.BLANK: Lesson(
        "Blank pictures",
        "Pictures of hardly any contrast: the standard deviation of their pixel values, in grey levels of "
        f"255, shown below {BLANK_BELOW:.0f}.",
        "An empty picture with a label teaches that emptiness is an emotion.",
        "Exclude them.",
    ),
    QualityIssue.DARK: Lesson(
        "Dark pictures",
        "Pictures of low brightness: their mean pixel value, 0 (black) to 255 (white), shown below "
        f"{DARK_BELOW:.0f}.",
        "What lies in the dark can hardly be told apart, and a model may learn the darkness instead of the "
        "face.",
        "Keep those in which you can read the expression yourself: cameras meet dark rooms too.",
    ),
    QualityIssue.BRIGHT: Lesson(
        "Bright pictures",
        "Pictures of high brightness: their mean pixel value, 0 (black) to 255 (white), shown above "
        f"{BRIGHT_ABOVE:.0f}.",
        "Burnt-out skin has lost the wrinkles that an expression is made of.",
        "Exclude drawings and error pages on white; keep faces you can read.",
    ),
    QualityIssue.BLURRED: Lesson(
        "Blurred pictures",
        "Pictures without fine edges: the energy of the Laplacian as a percentage of that of the gradient, "
        f"shown below {BLURRED_BELOW:.0f} %.",
        "Blur wipes out the small creases that tell fear from surprise, so the model learns from a guess.",
        "A few do no harm and make a model sturdier. Exclude those that you cannot read.",
    ),
}
