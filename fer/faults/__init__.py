"""What is wrong with a dataset, found and ranked."""

from fer.faults.finding import FaceMeasures, Fault, Findings, Inspection
from fer.faults.inspection import inspect, inspection_path, load_inspection
from fer.faults.measures import measure_faces

__all__ = [
    "FaceMeasures",
    "Fault",
    "Findings",
    "Inspection",
    "inspect",
    "inspection_path",
    "load_inspection",
    "measure_faces",
]
