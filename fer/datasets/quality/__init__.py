"""Data quality: what is wrong with a dataset (duplicates, data leakage, label noise, poor pictures)."""

from fer.datasets.quality.finding import FaceMeasures, Findings, Inspection, QualityIssue
from fer.datasets.quality.inspection import inspect, inspection_path, load_inspection
from fer.datasets.quality.measures import measure_faces
