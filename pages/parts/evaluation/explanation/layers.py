"""Feature map panel: what each layer makes of a face, and what the first filters look for."""

from collections.abc import Sequence

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer.evaluation.explanation.filters import filter_words
from fer.evaluation.explanation.layers import LayerMaps
from fer.evaluation.explanation.shading import grey_pictures, signed_pictures
from pages.parts import caches, components, face_sheet, notices
from pages.parts.evaluation import names
from pages.parts.evaluation.chosen_face import ChosenFace
from pages.parts.evaluation.judged import Judged

_LAYER = "evaluation.explain.layer"
_MOST_MAPS = 24
_SIDE_PIXELS = 120


@st.fragment
def show(judged: Judged, face: ChosenFace) -> None:
    """Draw the layers of the first model, or of the one that is chosen."""
    st.markdown("#### Layer by layer")
    index = names.choose_model(judged, "Whose layers", "evaluation.explain.layers_of")
    with notices.shown():
        layers, filters = caches.layer_maps(judged.models[index].name, face.image)
        if layers:
            _layer(_choose_layer(layers))
        if filters is not None:
            _filters(filters, layers[0])


def _choose_layer(layers: Sequence[LayerMaps]) -> LayerMaps:
    numbers = [layer.number for layer in layers]
    if st.session_state.get(_LAYER) not in numbers:
        st.session_state[_LAYER] = numbers[0]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        for way, icon, by, end in (("before", "left", -1, numbers[0]), ("after", "right", 1, numbers[-1])):
            st.button(
                "",
                icon=f":material/chevron_{icon}:",
                key=f"{_LAYER}.{way}",
                help="The layer before" if by < 0 else "The next layer",
                disabled=st.session_state[_LAYER] == end,
                on_click=_step,
                args=(by,),
            )
        number = st.select_slider(
            "The face passes these layers, from its pixels to the answer",
            numbers,
            key=_LAYER,
            format_func=lambda one: f"{one} of {len(layers)}",
        )
    return layers[number - 1]


def _step(by: int) -> None:
    st.session_state[_LAYER] += by


def _layer(layer: LayerMaps) -> None:
    height, width, depth = layer.maps.shape
    chosen = np.arange(depth) if layer.emotions else layer.strongest(_MOST_MAPS)
    shown = f"the {len(chosen)} that differ most over the face" if len(chosen) < depth else "all of them"
    silent = layer.silent
    quiet = (
        ""
        if not silent
        else (
            f" {silent} of them {'is' if silent == 1 else 'are'} the same everywhere: this face has nothing "
            f"that {'it answers' if silent == 1 else 'they answer'} to."
        )
    )
    st.markdown(
        f"**{layer.number}. {layer.kind}** gives {depth:,} maps of {height}×{width} places; {shown}.{quiet}"
    )
    signed = bool(layer.maps.min() < 0)
    maps = np.moveaxis(layer.maps[:, :, chosen], 2, 0)
    pictures = signed_pictures(maps) if signed else grey_pictures(maps)
    captions = [
        face_sheet.Caption(
            layer.emotions[index].capitalize() if layer.emotions else f"Map {index + 1}",
            layer.emotions[index].color if layer.emotions else "",
            f"map {index + 1} of layer {layer.number}",
        )
        for index in chosen
    ]
    face_sheet.show(_crisp(pictures), captions, "evaluation.explain.layer_maps", side="5.2rem")
    st.caption(
        "All maps of a layer share one scale. "
        + (
            "Petrol is above zero, amber below."
            if signed
            else "White is the strongest answer, black is none."
        )
    )


def _filters(filters: NDArray[np.float32], first: LayerMaps) -> None:
    count, height, width, _ = filters.shape
    shown = range(min(count, _MOST_MAPS))
    st.markdown("#### The first filters")
    st.markdown(
        f"The first layer lays {count} filters of {height}×{width} weights over every place of the face. A "
        "filter multiplies each pixel by the weight above it and adds up: where the face looks like the "
        "filter, the sum is high. Nobody designed them; they were learned. Beside each is what it makes of "
        "this face." + (f" Here are the first {len(shown)}." if len(shown) < count else "")
    )
    cards = []
    for index in shown:
        kernel, answer = filters[index].mean(axis=2)[np.newaxis], first.maps[np.newaxis, :, :, index]
        pictures = (signed_pictures(kernel)[0], grey_pictures(answer)[0])
        images = "".join(f'<img src="{face_sheet.data_url(picture)}" alt="">' for picture in pictures)
        cards.append(
            f"<figure><div>{images}</div><figcaption><b>Filter {index + 1}</b> "
            f"{filter_words(filters[index])}</figcaption></figure>"
        )
    st.html(f'{components.style(__file__)}<div class="fer-filters">{"".join(cards)}</div>')
    st.caption(
        "Petrol weights add, amber ones subtract; here each filter and each map has a scale of its own. The "
        "normalisation that follows in the blueprint is folded into the weights, so this is what is really "
        "laid over the face. The words compare a filter with simple patterns; one like none is a mixture."
    )


def _crisp(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Places as squares with sharp edges; a browser would smooth 3×3 of them into a cloud."""
    return np.stack(
        [
            cv2.resize(picture, (_SIDE_PIXELS, _SIDE_PIXELS), interpolation=cv2.INTER_NEAREST)
            for picture in pictures
        ]
    )
