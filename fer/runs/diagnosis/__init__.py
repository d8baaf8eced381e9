"""Training diagnosis: what a run's curves tell, and the one change that could help."""

from fer.runs.diagnosis.diagnosing import diagnose as diagnose
from fer.runs.diagnosis.experiments import is_answer as is_answer
from fer.runs.diagnosis.experiments import list_experiments as list_experiments
from fer.runs.diagnosis.experiments import obstacle as obstacle
from fer.runs.diagnosis.experiments import repetitions as repetitions
from fer.runs.diagnosis.experiments import start_experiment as start_experiment
from fer.runs.diagnosis.experiments import start_repetition as start_repetition
from fer.runs.diagnosis.experiments import tried as tried
from fer.runs.diagnosis.finding import Evidence as Evidence
from fer.runs.diagnosis.finding import Finding as Finding
from fer.runs.diagnosis.finding import FindingKind as FindingKind
from fer.runs.diagnosis.finding import Measure as Measure
from fer.runs.diagnosis.finding import Remedy as Remedy
from fer.runs.diagnosis.outcome import Outcome as Outcome
from fer.runs.diagnosis.outcome import Verdict as Verdict
from fer.runs.diagnosis.outcome import across_seeds as across_seeds
from fer.runs.diagnosis.outcome import compare_runs as compare_runs
from fer.runs.diagnosis.remedies import apply_remedy as apply_remedy
