"""What is wrong with a dataset, found and ranked."""

from fer.faults.finding import FaceMeasures, Fault, Findings, Inspection

__all__ = ["FaceMeasures", "Fault", "Findings", "Inspection"]
