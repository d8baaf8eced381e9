"""Model evaluation: how good a model is on faces it was not trained on, and which faces stand behind it.

An `Evaluation` holds answers beside labels; every score, curve, gallery and chart is derived from it.
"""

from fer.evaluation.curves import ThresholdCurve, threshold_curve, threshold_curves
from fer.evaluation.ensembles import MOST_MEMBERS, ensemble_of
from fer.evaluation.evaluating import evaluate, evaluate_faces, evaluation_of, judged_faces, unanswerable
from fer.evaluation.evaluation import ClassReport, Evaluation, Mistake
from fer.evaluation.scores import Score, scores_of
from fer.evaluation.test_time_augmentation import TTA
