"""What the settings of a run are called, here and wherever a run is told of."""

from fer.config import InitialWeights, LabelSource, Loss, Optimizer, Precision, Schedule, TrainingConfig

OPTIMIZERS: dict[Optimizer, str] = {
    "adam": "Adam",
    "adamw": "AdamW",
    "sgd": "SGD with Nesterov momentum",
    "rmsprop": "RMSprop",
    "adadelta": "Adadelta",
}
SCHEDULES: dict[Schedule, str] = {
    "constant": "Constant",
    "cosine": "Cosine, down to zero",
    "plateau": "A tenth at each plateau",
    "one_cycle": "One cycle, up and down",
}
LOSSES: dict[Loss, str] = {
    "crossentropy": "Cross-entropy",
    "focal": "Focal",
    "squared_error": "Squared error",
    "double_softmax": "Softmax twice, a mistake",
}
INITIAL_WEIGHTS: dict[InitialWeights, str] = {
    "random": "Random",
    "imagenet": "ImageNet's, learned from photographs",
}
PRECISIONS: dict[Precision, str] = {
    "float32": "Full, float32",
    "mixed_bfloat16": "Half where it suffices, bfloat16",
}
LABELS: dict[LabelSource, str] = {"given": "As given", "majority": "Majority", "votes": "Shares"}

# What a choice means, for the line below its widget.
SCHEDULE_LESSONS: dict[Schedule, str] = {
    "constant": "The same from the first step to the last.",
    "cosine": "Falls slowly, then fast, then slowly to nothing: the last epochs only polish.",
    "plateau": "Divided by ten whenever the validation loss has not fallen for twelve epochs; the dotted "
    "line is a run in which it never does.",
    "one_cycle": "Climbs for three tenths of the run and falls to almost nothing: bold in the middle, calm "
    "at both ends.",
}
LOSS_LESSONS: dict[Loss, str] = {
    "crossentropy": "How surprised the network was by the right answer. The usual choice.",
    "focal": "Counts faces that it already reads well for less, so that the hard ones lead.",
    "squared_error": "The distance of the probabilities from the label. It hardly punishes being sure and "
    "wrong, and learns more slowly.",
    "double_softmax": "Probabilities taken for logits, as in the reference system S0: softmax is applied "
    "twice, the loss cannot come near zero, and the network never grows sure. Try it to see it.",
}

# What a run's other settings are, when they are worth a word because they are not the usual ones.
_UNUSUAL = (
    "warmup_epochs",
    "weight_decay",
    "loss",
    "dropout",
    "label_smoothing",
    "weight_averaging",
    "teacher",
    "teacher_share",
    "teacher_temperature",
    "precision",
    "early_stopping_patience",
    "initial_weights",
    "head_epochs",
    "fine_tune_from",
    "fine_tune_rate_fraction",
    "image_size",
)


def unusual_settings(config: TrainingConfig) -> str:
    """What `config` says beyond the first few settings, in words; empty for nothing unusual."""
    usual = TrainingConfig()
    return ", ".join(
        f"{name.replace('_', ' ')} {getattr(config, name)}"
        for name in _UNUSUAL
        if getattr(config, name) != getattr(usual, name)
    )


def rate(value: float) -> str:
    """A learning rate as a person writes it: "0.003"."""
    return f"{value:.10f}".rstrip("0").rstrip(".")


def count(value: float) -> str:
    """A large number in short: "58.4 k", "290 M"."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g} {letter}"
    return f"{value:.0f}"
