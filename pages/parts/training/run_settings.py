"""Run settings: what a run was started with, as a table, as a file, and TensorBoard's logs."""

from collections.abc import Collection
from typing import Any

import streamlit as st

from fer import runs
from fer.config import AS_IT_CAME, SettingSpec, TrainingConfig, specs_of
from fer.datasets.views import describe
from fer.runs import Run
from pages.parts import phrases
from pages.parts.training import run_words


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
        *_rows(run.config, usual, hidden=("augmentation", "name")),
        *_rows(run.config.augmentation, usual.augmentation, "Augmentation: "),
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
    if not (run.folder / runs.TENSORBOARD_FOLDER).is_dir():
        st.caption("This run left no logs for TensorBoard.")
        return
    st.caption(
        "Its curves lie there for TensorBoard too. To open them, type this and follow the address it prints:"
    )
    st.code(
        f'tensorboard --logdir "{run.folder / runs.TENSORBOARD_FOLDER}"', language="bash", wrap_lines=True
    )


def _rows(config: Any, usual: Any, before: str = "", hidden: Collection[str] = ()) -> list[dict[str, str]]:
    """Every declared setting of `config` that is not hidden, beside the usual one where they differ."""
    rows = []
    for name, spec in specs_of(config.__class__).items():
        if name in hidden:
            continue
        value, plain = getattr(config, name), getattr(usual, name)
        written = phrases.plain(_written(spec, value))
        differs = value != plain
        rows.append(
            {
                "Setting": before + (spec.title.lower() if before else spec.title),
                "This run": f"**{written}**" if differs else written,
                "Usual": phrases.plain(_written(spec, plain)) if differs else "",
            }
        )
    return rows


def _written(spec: SettingSpec, value: Any) -> str:
    """A setting's value as a person writes it."""
    match spec.name:
        case "dataset":
            return run_words.dataset_title(value)
        case "view":
            return "original" if value == AS_IT_CAME else describe(value)
        case "architecture":
            return run_words.architecture_title(TrainingConfig(architecture=value))
    return spec.written(value)
