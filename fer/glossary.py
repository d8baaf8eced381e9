"""Glossary: the terms of training and evaluation, each in a plain sentence or two, for help and search."""

from collections.abc import Mapping
from dataclasses import dataclass

from fer.config import TrainingConfig, specs_of


@dataclass(frozen=True, slots=True)
class Term:
    """A word and what it means; `text` is Markdown of a sentence or two."""

    title: str
    text: str


SETTINGS: Mapping[str, Term] = {
    name: Term(spec.title, spec.text) for name, spec in specs_of(TrainingConfig).items()
}
"""The settings of a run, as they are declared, by their names in `TrainingConfig`."""

# What else is said on the pages and in the curves.
WORDS: Mapping[str, Term] = {
    "sample": Term("Sample", "One example to learn from: here, a face with its label."),
    "step": Term(
        "Step", "One batch seen and one correction made. An epoch has as many steps as it has batches."
    ),
    "weight": Term(
        "Weights and parameters",
        "The numbers inside a network, thousands or millions, that training changes. Nothing else of it "
        "does.",
    ),
    "transfer_learning": Term(
        "Transfer learning",
        "Beginning with a network that has learned something else from many more pictures, and giving it a "
        "new last layer: it needs fewer faces and fewer epochs.",
    ),
    "fine_tuning": Term(
        "Fine-tuning",
        "The second phase of transfer learning: once the new last layer is of use, the layers before it "
        "learn too, at a much smaller rate.",
    ),
    "conv2d": Term(
        "Conv2D, convolution",
        "A layer of small patterns that slide over the picture and say where each is found: first edges, "
        "then corners, then mouths and eyes.",
    ),
    "separable": Term(
        "Separable convolution",
        "A convolution in two thrifty steps: first each map by itself, then all maps mixed pixel by pixel. "
        "It costs a fraction of a plain one.",
    ),
    "batchnorm": Term(
        "BatchNorm, batch normalisation",
        "Brings what leaves a layer to the same mean and spread, batch by batch, so that the next layer need "
        "not follow every swing. Training is steadier and faster for it.",
    ),
    "maxpool": Term(
        "MaxPool, max pooling",
        "Keeps the strongest of neighbouring values and drops the rest: maps of half the side, and a network "
        "that does not mind where exactly a pattern is.",
    ),
    "average_pooling": Term(
        "Global average pooling",
        "The mean of each map as one number: how much of a pattern there is in the whole face.",
    ),
    "dense": Term(
        "Dense layer", "Joins every input with every output; most parameters of an older network lie here."
    ),
    "shortcut": Term(
        "Shortcut, residual module",
        "A way round some layers, added to what comes out of them: they only need to learn what to change.",
    ),
    "activation": Term(
        "Activation",
        "What bends the sum that a layer has formed; without it, many layers could do no more than one. ReLU "
        "cuts off what is below zero, ELU lets a little through.",
    ),
    "softmax": Term("Softmax", "Turns seven scores into seven probabilities that sum to one."),
    "logits": Term(
        "Logits",
        "The scores before softmax. A loss that is told it gets logits applies softmax itself: given "
        "probabilities, it does so twice, and the network learns slowly and never grows sure.",
    ),
    "accuracy": Term("Accuracy", "The share of right answers."),
    "validation": Term(
        "Validation", "Faces that judge each epoch and every setting, and are never learned from."
    ),
    "overfitting": Term(
        "Overfitting",
        "The network learns its training faces by heart: training accuracy climbs on, validation accuracy "
        "stands still or falls.",
    ),
    "underfitting": Term(
        "Underfitting", "The network is too small, or too short at it, to learn even its training faces."
    ),
    "plateau": Term(
        "Plateau", "A stretch of epochs in which the loss does not fall; often a smaller rate helps."
    ),
    "multiply_adds": Term(
        "Multiply-adds",
        "A multiplication and an addition; how many of them one face costs tells how fast a network can be.",
    ),
}

GLOSSARY: Mapping[str, Term] = {**SETTINGS, **WORDS}


def explain(name: str) -> str:
    """Return what a term of the glossary means; a `KeyError` is a slip of ours."""
    return GLOSSARY[name].text


def find_terms(text: str) -> list[Term]:
    """The terms that have `text` in their title, then those that have it in their sentence, each by title."""
    wanted = text.strip().casefold()
    terms = sorted(GLOSSARY.values(), key=lambda term: term.title.casefold())
    named = [term for term in terms if wanted in term.title.casefold()]
    return named + [term for term in terms if wanted in term.text.casefold() and term not in named]
