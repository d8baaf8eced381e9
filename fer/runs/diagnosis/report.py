"""Diagnosis report: findings to read in a terminal or in another program."""

from dataclasses import asdict, dataclass
from typing import Any

from fer import runs
from fer.config import AugmentationConfig
from fer.errors import RunError
from fer.runs import Run
from fer.runs.diagnosis.diagnosing import diagnose
from fer.runs.diagnosis.experiments import list_experiments
from fer.runs.diagnosis.finding import Finding, FindingKind, Remedy
from fer.runs.diagnosis.outcome import Outcome, compare_runs


@dataclass(frozen=True, slots=True)
class Report:
    """What there is to say of a run.

    Its `outcome` is what its own change brought, None where it repeats no other run; its `experiments` are
    the runs that repeat it, newest first, with what each brought.
    """

    run: Run
    findings: tuple[Finding, ...]
    outcome: Outcome | None
    experiments: tuple[tuple[Run, Outcome], ...]

    @property
    def remedies(self) -> tuple[tuple[FindingKind, Remedy], ...]:
        """Every change that could be tried, in the order and with the places (from 1) the text gives them."""
        return tuple((finding.kind, remedy) for finding in self.findings for remedy in finding.remedies)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        number = 0
        findings = []
        for finding in self.findings:
            remedies = []
            for remedy in finding.remedies:
                number += 1
                change = {
                    name: value.as_dict() if isinstance(value, AugmentationConfig) else value
                    for name, value in remedy.change.items()
                }
                remedies.append(
                    {"number": number, "label": remedy.label, "change": change, "why": remedy.why}
                )
            findings.append(
                {
                    "kind": finding.kind.value,
                    "title": finding.title,
                    "sentence": finding.sentence,
                    "evidence": [asdict(seen) for seen in finding.evidence],
                    "remedies": remedies,
                }
            )
        return {
            "id": self.run.id,
            "status": self.run.status,
            "findings": findings,
            "outcome": None if self.outcome is None else _outcome(self.outcome),
            "experiments": [
                {
                    "id": run.id,
                    "finding": run.experiment.finding if run.experiment else "",
                    "advice": run.experiment.advice if run.experiment else "",
                    **_outcome(outcome),
                }
                for run, outcome in self.experiments
            ],
        }

    def as_text(self) -> str:
        """A page of plain text."""
        lines = [self.run.title]
        if self.outcome is not None and self.run.experiment is not None:
            lines += [
                f"Repeats {self.run.experiment.base} with one change: {self.run.experiment.advice}",
                *_outcome_lines(self.outcome),
                *(f"  - {caveat}" for caveat in self.outcome.caveats),
            ]
        number = 0
        for finding in self.findings:
            lines += ["", finding.title, f"  {finding.sentence}"]
            lines += [
                f"  {seen.measure}, epochs {seen.first_epoch} to {seen.last_epoch}: {seen.text}"
                for seen in finding.evidence
            ]
            for remedy in finding.remedies:
                number += 1
                lines.append(f"  {number}. {remedy.label}. {remedy.why}")
        if not self.findings:
            lines.append("There is nothing to tell from its curves yet.")
        for run, outcome in self.experiments:
            advice = run.experiment.advice if run.experiment else ""
            lines += ["", f"Tried: {advice} ({run.id})", *_outcome_lines(outcome)]
        if number:
            lines += ["", f"Try one of them with “python -m fer diagnose {self.run.id} --try NUMBER”."]
        return "\n".join(lines)


def report_of(run: Run) -> Report:
    """Return what there is to say of a run, as its files show it now."""
    outcome = None
    if run.experiment is not None:
        try:
            base = runs.load_run(run.experiment.base)
        except RunError:
            base = None
        outcome = compare_runs(base, run)
    return Report(
        run,
        diagnose(run, run.metrics(), run.batches()),
        outcome,
        tuple((other, compare_runs(run, other)) for other in list_experiments(run.id)),
    )


def _outcome_lines(outcome: Outcome) -> list[str]:
    parts = (outcome.verdict.sentence, outcome.sentence, outcome.symptom)
    return [f"  {' '.join(part for part in parts if part)}"]


def _outcome(outcome: Outcome) -> dict[str, Any]:
    values = {**asdict(outcome), "verdict": outcome.verdict.value, "caveats": list(outcome.caveats)}
    if (seen := outcome.difference) is not None:
        values["difference"] |= {"difference": seen.difference, "interval_95": list(seen.interval_95)}
    return values
