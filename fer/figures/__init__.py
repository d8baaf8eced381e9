"""Our values as Plotly figures.

Backgrounds are transparent and text carries no colour of its own, so that the page's theme, light
or dark, shows through (`st.plotly_chart(..., theme="streamlit")`). Colour always means an emotion,
but for one accent that stands for "the model".
"""

from fer.figures.dataset import SPLIT_OPACITY, counts_figure, face_figure
from fer.figures.evaluation import (
    HUMAN_ACCURACY,
    HUMAN_ACCURACY_SPREAD,
    accuracy_figure,
    confusion_figure,
    scores_figure,
)
from fer.figures.style import ACCENT
from fer.figures.training import curves_figure

__all__ = [
    "ACCENT",
    "HUMAN_ACCURACY",
    "HUMAN_ACCURACY_SPREAD",
    "SPLIT_OPACITY",
    "accuracy_figure",
    "confusion_figure",
    "counts_figure",
    "curves_figure",
    "face_figure",
    "scores_figure",
]
