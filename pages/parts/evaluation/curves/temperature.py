"""Temperature scaling panel: fitted on the validation faces, judged on the faces at hand, kept on request."""

from typing import Literal

import streamlit as st

from fer import figures
from fer.datasets import Split
from fer.errors import ConfigError, DatasetError, FerError
from fer.evaluation import TTA, calibration_store
from fer.evaluation.calibration import Temperature, at_temperature, reliability, temperature_effect
from fer.evaluation.calibration_store import KeptTemperature
from fer.statistics import percent, signed
from pages.parts import caches, notices, phrases, state
from pages.parts.evaluation import names
from pages.parts.evaluation.judged import Judged
from pages.parts.plot import plot


def show(judged: Judged) -> None:
    """Draw the section: what is kept, how to fit, and what that brings."""
    st.markdown("#### Temperature scaling")
    st.markdown(
        "A model that is too sure, or not sure enough, can often be mended with one number: its logits are "
        "divided by a **temperature T** before softmax. Above 1 it becomes less sure, below 1 surer. "
        "**No answer changes**, and so no accuracy: only how much the confidence can be trusted. T is fitted "
        "on the validation faces, never on the test faces."
    )
    index = names.choose_model(judged, "Of which model", "evaluation.temperature_model")
    name = judged.models[index].name
    fingerprint = caches.recognizer(name).fingerprint
    _kept(name, fingerprint)
    if name not in state.fitted_models():
        st.button(
            "Fit the temperature on the validation faces",
            icon=":material/thermostat:",
            key="evaluation.fit_temperature",
            on_click=state.add_fitted_model,
            args=(name,),
        )
        return
    try:
        with notices.working() as progress:
            fitted, held_out = caches.fitted_temperature(
                name, judged.dataset.name, judged.view, judged.emotions, judged.tta, progress
            )
    except DatasetError as error:
        st.info(
            f"{phrases.plain(str(error))} Without validation faces there is nothing to fit on.",
            icon=":material/thermostat:",
        )
        notices.link("pages/1_dataset.py", "Draw the splits anew on the dataset page")
        return
    _fitted(judged, index, fitted, held_out)
    _use(judged, index, fingerprint, fitted)


def _kept(name: str, fingerprint: str) -> None:
    """What the live page can use by now, and the button that forgets it."""
    try:
        kept = caches.load_temperature(fingerprint)
    except ConfigError as error:
        st.warning(phrases.plain(str(error)), icon=":material/thermostat:")
    else:
        if kept is None:
            return
        st.success(
            f"The live page can use **T = {kept.temperature:.2f}** for this model, fitted on "
            f"{phrases.faces(kept.count)} of {phrases.plain(kept.dataset)} ({phrases.plain(kept.split)}, "
            f"{phrases.plain(kept.state)}) on {phrases.plain(kept.fitted_on)}.",
            icon=":material/thermostat:",
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Forget it", icon=":material/delete:", key="evaluation.forget_temperature"):
            try:
                calibration_store.delete_temperature(fingerprint)
            except FerError as error:
                st.error(str(error), icon=":material/error:")
            else:
                st.rerun()
        if st.button("To the live page", icon=":material/arrow_forward:", key="evaluation.to_live"):
            state.set_live_model(name)
            st.switch_page("pages/5_live.py")


def _fitted(judged: Judged, index: int, fitted: Temperature, held_out: Temperature | None) -> None:
    evaluation = judged.evaluations[index]
    effect = temperature_effect(evaluation, fitted.temperature)
    # Green or red only where it is more than chance.
    color: Literal["inverse", "off"] = "inverse" if effect.effect in ("better", "worse") else "off"
    with st.container(horizontal=True, gap="large"):
        st.metric("Temperature", f"{fitted.temperature:.2f}", width="content")
        st.metric(
            "Log loss",
            f"{effect.log_loss_after:.3f}",
            f"{effect.log_loss_after - effect.log_loss_before:+.4f}",
            delta_color=color,
            width="content",
            help=f"On the {phrases.faces(effect.count)} that are judged here. It was "
            f"{effect.log_loss_before:.3f}.",
        )
        st.metric(
            "Expected calibration error",
            percent(effect.expected_error_after),
            f"{100 * (effect.expected_error_after - effect.expected_error_before):+.1f} points",
            delta_color=color,
            width="content",
            help=f"On the {phrases.faces(effect.count)} that are judged here, with 15 bars. It was "
            f"{percent(effect.expected_error_before)}.",
        )
    st.markdown(
        f"Fitted on {phrases.faces(fitted.count)} of the validation split, and seen here on the "
        f"{phrases.faces(effect.count)} of the {judged.split} split. {effect_words(effect)}"
    )
    if fitted.is_at_limit:
        st.warning(
            "These validation faces do not say how far to go: all of them are right, or hardly any. Fit it "
            "on more faces before you use it.",
            icon=":material/warning:",
        )
    if judged.split is Split.VALIDATION:
        told = (
            ""
            if held_out is None
            else f" Fitted on one half of them and judged on the {phrases.faces(held_out.count)} of the "
            f"other, T is {held_out.temperature:.2f}, the log loss goes from {held_out.log_loss_before:.4f} "
            f"to {held_out.log_loss_after:.4f} and the calibration error from "
            f"{percent(held_out.expected_error_before)} to {percent(held_out.expected_error_after)}: that is "
            "the honest figure."
        )
        st.info(
            f"These are the faces it was fitted on, which flatters it.{told}", icon=":material/visibility:"
        )
    elif judged.split is Split.TRAIN:
        st.info(
            "The model has learned from these faces, and is surer of them than of any others: they are no "
            "measure of a temperature. Choose the test faces above.",
            icon=":material/visibility:",
        )
    titles = ("Before", f"After, at T = {fitted.temperature:.2f}")
    both = (evaluation, at_temperature(evaluation, fitted.temperature))
    for place, title, shown in zip(st.columns(2, gap="medium"), titles, both, strict=True):
        with place:
            st.markdown(f"**{title}**")
            key = f"evaluation.temperature_{title.split(',')[0].lower()}"
            plot(figures.reliability_figure(reliability(shown), height=320), key)


def effect_words(effect: Temperature) -> str:
    """What a temperature does to the confidence on some faces, in words."""
    bounds = effect.loss_change_95
    change = effect.log_loss_after - effect.log_loss_before
    interval = (
        "" if bounds is None else f" (95\u00a0% interval {signed(bounds[0], 4)} to {signed(bounds[1], 4)})"
    )
    if effect.effect == "nothing":
        return "**It changes nothing**: the model is as sure as it may be."
    if effect.effect == "could be chance":
        return (
            f"**It changes next to nothing**: the log loss moves by {signed(change, 4)}{interval}, which "
            "could be chance. The confidence is as good without it."
        )
    errors = effect.expected_error_after - effect.expected_error_before
    if effect.effect == "worse":
        return f"**It makes things worse here**: the log loss rises by {change:.4f}{interval}. Do not use it."
    and_error = (
        " The calibration error falls as well."
        if errors < 0
        else " The calibration error does not fall, though: it counts only the answer that is given, the log "
        "loss what is said of the label."
    )
    return f"**It helps**: the log loss falls by {-change:.4f}{interval}.{and_error}"


def _use(judged: Judged, index: int, fingerprint: str, fitted: Temperature) -> None:
    not_augmented = judged.tta is TTA.NONE
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        pressed = st.button(
            "Use it on the live page",
            icon=":material/videocam:",
            type="primary" if fitted.effect == "better" else "secondary",
            key="evaluation.use_temperature",
            disabled=not not_augmented or fitted.is_at_limit or fitted.temperature == 1,
        )
        if not not_augmented:
            st.caption(
                "The live page uses no test-time augmentation, and these figures are of averaged answers. "
                "Choose “None” above, and fit it for that."
            )
    if not pressed:
        return
    model = judged.models[index]
    kept = KeptTemperature.of(model.name, fingerprint, fitted, judged.dataset, judged.view)
    with notices.shown():
        calibration_store.save_temperature(kept)
    state.set_calibrated(True)
    st.rerun()
