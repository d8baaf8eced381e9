"""Plotly figures: our values as charts.

Backgrounds are transparent and text carries no colour of its own, so that the page's theme, light
or dark, shows through (`st.plotly_chart(..., theme="streamlit")`). Colour always means an emotion,
but for one accent that stands for "the model", and where a legend says otherwise.
"""

from fer.figures.architecture import architecture_figure
from fer.figures.calibration import reliability_figure
from fer.figures.class_curves import class_accuracies_figure, class_curve
from fer.figures.confusion import Cells, confusion_difference_figure, confusion_figure
from fer.figures.dataset import (
    SPLIT_OPACITY,
    VOTE_TITLES,
    counts_figure,
    disagreement_figure,
    face_figure,
    histogram_figure,
    votes_figure,
)
from fer.figures.embedding import (
    MapGroup,
    chosen_figure,
    face_map_figure,
    groups_by_label,
    groups_by_split,
    groups_by_value,
    groups_by_vote,
)
from fer.figures.evaluation import (
    HUMAN_ACCURACY,
    HUMAN_ACCURACY_SPREAD,
    accuracy_figure,
    scores_figure,
)
from fer.figures.live import UNSURE_COLOR, shares_figure, timeline_figure
from fer.figures.neighbours import labels_figure
from fer.figures.quality import crossings_figure, cut_figure
from fer.figures.run_load import load_figure, load_readings
from fer.figures.schedule import schedule_figure
from fer.figures.style import ACCENT
from fer.figures.thresholds import CurveLine, precision_recall_figure, roc_figure
from fer.figures.training import (
    Reading,
    curve_readings,
    curves_figure,
    learning_rate_figure,
    learning_rate_reading,
)
