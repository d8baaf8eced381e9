"""What a run was started with, as a table, as a file, and where other programs find its curves."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import streamlit as st

from fer import runs
from fer.config import AugmentationConfig, TrainingConfig
from fer.datasets.views import describe
from fer.glossary import SETTINGS
from fer.runs import Run
from pages.parts import phrases
from pages.parts.training import run_words, setting_words

# Where the word of the glossary stands for one of them, and the setting for how many.
_PLURALS = {"epochs": "Epochs", "batch_size": "Batch size"}
_NONE = {
    "subset": "all faces",
    "image_size": "the network's own",
    "early_stopping_patience": "never",
}
_UNITS = {
    "warmup_epochs": " epochs",
    "image_size": " pixels",
    "early_stopping_patience": " epochs without a gain",
}


def show(run: Run) -> None:
    """Draw every setting, those that differ from a plain run in bold beside what is usual."""
    usual = TrainingConfig(dataset=run.config.dataset, architecture=run.config.architecture)
    only_changed = st.toggle(
        "Only what differs from the usual",
        key="run.settings_changed",
        persist_state="session",
        help="Usual is what `TrainingConfig` holds when nothing is chosen.",
    )
    rows = [
        *_rows(
            run.config,
            usual,
            {
                field.name: _PLURALS.get(field.name) or SETTINGS[field.name].title
                for field in fields(TrainingConfig)
                if field.name not in ("augmentation", "name")
            },
        ),
        *_rows(
            run.config.augmentation,
            usual.augmentation,
            {field.name: f"Augmentation: {_spelled(field.name)}" for field in fields(AugmentationConfig)},
        ),
    ]
    shown = [row for row in rows if row["Usual"] or not only_changed]
    if shown:
        st.table(
            {title: [row[title] for row in shown] for title in ("Setting", "This run", "Usual")},
            border="horizontal",
            hide_index=True,
            alt="Every setting of this run; those that differ from the usual are bold.",
        )
    else:
        st.caption("Every setting is the usual one.")
    st.download_button(
        "Download as JSON",
        run.config.to_json(),
        file_name=f"{run.id}.json",
        mime="application/json",
        icon=":material/download:",
        key="run.settings_json",
        on_click="ignore",
        help="The run's config.json.",
    )
    _tensorboard(run)


def _tensorboard(run: Run) -> None:
    if not run.has_tensorboard:
        st.caption("This run left no logs for TensorBoard.")
        return
    st.caption(
        "Its curves lie there for TensorBoard too. To open them, type this and follow the address it prints:"
    )
    st.code(
        f'tensorboard --logdir "{run.folder / runs.TENSORBOARD_FOLDER}"', language="bash", wrap_lines=True
    )


def _rows(config: Any, usual: Any, names: Mapping[str, str]) -> list[dict[str, str]]:
    rows = []
    for name, title in names.items():
        value, plain = getattr(config, name), getattr(usual, name)
        written = phrases.plain(_written(name, value))
        differs = value != plain
        rows.append(
            {
                "Setting": title,
                "This run": f"**{written}**" if differs else written,
                "Usual": phrases.plain(_written(name, plain)) if differs else "",
            }
        )
    return rows


def _written(name: str, value: Any) -> str:
    """A setting's value as a person writes it."""
    match name:
        case "dataset":
            return run_words.dataset_title(value)
        case "view":
            return describe(value) or "as it came"
        case "architecture":
            return run_words.architecture_title(TrainingConfig(architecture=value))
        case "optimizer":
            return str(setting_words.OPTIMIZERS.get(value, value))
        case "schedule":
            return str(setting_words.SCHEDULES.get(value, value))
        case "initial_weights":
            return str(setting_words.INITIAL_WEIGHTS.get(value, value))
        case "fine_tune_from":
            return value or "the first layer"
        case "loss":
            return str(setting_words.LOSSES.get(value, value))
    if value is None:
        return _NONE.get(name, "none")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return _spelled(value)
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if name.endswith("_fraction"):
        return f"{100 * value:g}%"
    number = (
        f"{value:,}"
        if isinstance(value, int) and name != "seed"
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )
    return number + _UNITS.get(name, "")


def _spelled(name: str) -> str:
    words = name.removesuffix("_fraction").replace("_degrees", ", degrees").replace("_pixels", ", pixels")
    return words.replace("_", " ")
