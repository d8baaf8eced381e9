"""Benchmark on the command line: times and ratios, measured beside a rival in the same run."""

import argparse

from fer.cli import terminal
from fer.cli.bench import DEFAULT_MODEL, SUBJECTS, Request, measure
from fer.cli.commands import Add, Answer
from fer.errors import FerError

FORMER_SUBJECTS = {"faults": "quality"}
"""What earlier versions called a subject; typed so it still works."""


def bench(options: argparse.Namespace) -> Answer:
    """Times, beside a rival's."""
    if options.keep and options.subject != "predict":
        raise FerError(f"Only “bench predict” has something to keep; “bench {options.subject}” has not.")
    request = Request(terminal.show_progress, options.data, options.model, options.keep)
    report = measure(options.subject, request)
    rows = [["", "median ms", "p95 ms", "runs"]]
    rows += [
        [name, f"{m.median_ms:,.2f}", f"{m.p95_ms:,.2f}", str(m.runs)]
        for name, m in report.measurements.items()
    ]
    ratios = [f"{name.replace('_', ' ')}: {value:.2f}×" for name, value in report.ratios.items()]
    sizes = [f"{name.replace('_', ' ')}: {value:,.0f} MB" for name, value in report.megabytes.items()]
    lines = [report.setting, terminal.table(rows), *ratios, *sizes]
    if report.rows:
        others = [[name.replace("_", " ") for name in report.rows[0]]]
        others += [[str(value) for value in row.values()] for row in report.rows]
        lines.append(terminal.table(others))
    return report.as_dict(), "\n".join([*lines, *report.remarks])


def add_to(add: Add) -> None:
    """Add the command with its options."""
    sub = add("bench", bench)
    sub.add_argument(
        "subject",
        metavar="SUBJECT",
        type=lambda name: FORMER_SUBJECTS.get(name, name),
        choices=list(SUBJECTS),
        help="; ".join(f"{name}: {each.measures}, against {each.rival}" for name, each in SUBJECTS.items()),
    )
    named = ", ".join(f"{each.data} ({name})" for name, each in SUBJECTS.items() if each.data)
    sub.add_argument("--data", metavar="PATH", help=f"what to measure on: the {named}")
    sub.add_argument("--model", metavar="MODEL", default=DEFAULT_MODEL, help="default: %(default)s")
    sub.add_argument(
        "--keep",
        action="store_true",
        help="of “predict”: save what each network costs, for the pages to show",
    )
