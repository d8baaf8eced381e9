"""The workshop's words, each in a plain sentence or two: one list for every question mark and search."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """A word and what it means; `text` is Markdown of a sentence or two."""

    title: str
    text: str


# The settings of a run, by their names in `TrainingConfig`.
SETTINGS: Mapping[str, Term] = {
    "dataset": Term(
        "Dataset",
        "The faces and their labels. The training faces teach, the validation faces judge each epoch, and "
        "the test faces are kept for one last honest look.",
    ),
    "view": Term(
        "Edition, labels and splits",
        "In which state the faces are used: with your corrections, with which labels, and who is learned "
        "from.",
    ),
    "architecture": Term(
        "Architecture",
        "Which layers a network has and how they are joined. The parameters are the numbers it learns, the "
        "multiply-adds are the work that one face costs.",
    ),
    "epochs": Term(
        "Epoch",
        "One pass over all training faces. Too few and the network has not seen enough; too many and it "
        "begins to learn its faces by heart.",
    ),
    "batch_size": Term(
        "Batch",
        "How many faces it sees before it corrects itself. Small batches learn in more, noisier steps; large "
        "ones in fewer, steadier ones.",
    ),
    "learning_rate": Term(
        "Learning rate",
        "How far each correction goes. Too high and the loss jumps about or is lost altogether; too low and "
        "it hardly moves.",
    ),
    "optimizer": Term(
        "Optimizer",
        "The rule that turns an error into corrected weights. Adam gives every weight a step of its own size "
        "and is a good first choice; SGD takes the same for all and wants a rate some ten times higher.",
    ),
    "schedule": Term(
        "Schedule",
        "How the learning rate changes during the run: large steps first, small ones to settle.",
    ),
    "warmup_epochs": Term(
        "Warm-up",
        "Epochs at the beginning in which the rate climbs from nothing: the first corrections of a network "
        "that knows nothing point anywhere, and should be small.",
    ),
    "weight_decay": Term(
        "Weight decay",
        "Pulls every weight a little towards zero at each step, so that none grows without need: a brake on "
        "learning by heart. Only AdamW has it here.",
    ),
    "loss": Term(
        "Loss",
        "The number that training makes small: how surprised the network was by the right answer.",
    ),
    "dropout": Term(
        "Dropout",
        "Leaves out a random share of the features at each step, so that the network cannot rely on any one "
        "of them. More of it is a cure for overfitting, and slows learning.",
    ),
    "label_smoothing": Term(
        "Label smoothing",
        "Takes a small share of each label and spreads it over all emotions: the network is asked to be "
        "sure, but never entirely. It helps where labels are often wrong.",
    ),
    "balance_classes": Term(
        "Class weights",
        "Count a mistake on a rare emotion for more, so that all pull equally. Without them a network earns "
        "its accuracy by never answering “disgust”.",
    ),
    "weight_averaging": Term(
        "Weight averaging",
        "Judges and keeps a moving average of the last many weights instead of the very last ones: the noise "
        "of single steps evens out. 0.998 looks back some 500 steps.",
    ),
    "teacher": Term(
        "Teachers",
        "Trained models whose answers this one learns from besides the labels (knowledge distillation). That "
        "a face is “sad, perhaps fear” says more than “sad”. Several are averaged, and each takes its time. "
        "A teacher sees the very picture, in its own size.",
    ),
    "teacher_share": Term(
        "Their share of the target",
        "How much of what is to be answered is the teachers' opinion of the very picture; the label is the "
        "rest. At 1 the labels are not looked at.",
    ),
    "teacher_temperature": Term(
        "Temperature of their answers",
        "Above 1 the teachers' answers are softened, so that more is seen of what else they took a face for. "
        "Worth it where they are very sure.",
    ),
    "precision": Term(
        "Precision",
        "In bfloat16 a layer's products have three digits instead of seven, which a graphics card computes "
        "faster; the weights keep all of theirs. On a processor it may even be slower: measure it.",
    ),
    "early_stopping_patience": Term(
        "Early stopping",
        "Ends the run after so many epochs without a better validation accuracy. The best weights are kept "
        "either way; it only saves time.",
    ),
    "initial_weights": Term(
        "First weights",
        "Random ones know nothing. ImageNet's come from a million photographs of things: edges, textures and "
        "shapes are known already, faces are not. Keras downloads them once.",
    ),
    "head_epochs": Term(
        "Epochs for the head alone",
        "First only the new last layer learns, while the layers before it stay as they are: its first, wild "
        "corrections would spoil what they know.",
    ),
    "fine_tune_from": Term(
        "Fine-tuned from",
        "The first layer that learns with the head afterwards. Early layers see edges, which faces have too; "
        "the later ones see things, and have more to learn anew.",
    ),
    "fine_tune_rate_fraction": Term(
        "Rate of fine-tuning",
        "The learning rate after the head's epochs, as a share of what it would be: small, so that what is "
        "known is adjusted and not overwritten.",
    ),
    "image_size": Term(
        "Image size",
        "The side, in pixels, to which faces are scaled for the network. Twice the side is four times the "
        "work.",
    ),
    "subset": Term(
        "Subset",
        "Train on at most so many faces, each emotion keeping its share: quicker, and worse.",
    ),
    "augmentation": Term(
        "Augmentation",
        "Shows each face a little differently every time, turned, moved or mirrored, so that the network "
        "learns the expression and not the photograph.",
    ),
    "seed": Term(
        "Seed",
        "Where all chance of a run starts from. The same seed draws the same first weights, the same order "
        "and the same augmentation.",
    ),
    "name": Term("Name", "What you will recognise the run by."),
}

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
