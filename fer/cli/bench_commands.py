"""Benchmark on the command line: times and ratios, measured beside a rival in the same run."""

import argparse

from fer.cli import terminal
from fer.cli.bench import SUBJECTS
from fer.cli.commands import Add, Answer
from fer.errors import FerError

FORMER_SUBJECTS = {"faults": "quality"}
"""What earlier versions called a subject; typed so it still works."""


def bench(options: argparse.Namespace) -> Answer:
    """Times, beside a rival's."""
    keep = {"keep": True} if options.keep else {}
    if keep and options.subject != "predict":
        raise FerError(f"Only “bench predict” has something to keep; “bench {options.subject}” has not.")
    report = SUBJECTS[options.subject](terminal.show_progress, data=options.data, model=options.model, **keep)
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
        type=lambda name: FORMER_SUBJECTS.get(name, name),
        choices=list(SUBJECTS),
        help="what is measured",
    )
    sub.add_argument(
        "--data",
        metavar="PATH",
        help="the picture (live), CSV (load, page, evaluate) or dataset (folders, quality, train, start) to "
        "measure on",
    )
    sub.add_argument("--model", metavar="MODEL", default="mini_xception", help="default: %(default)s")
    sub.add_argument(
        "--keep",
        action="store_true",
        help="of “predict”: save what each network costs, for the pages to show",
    )
