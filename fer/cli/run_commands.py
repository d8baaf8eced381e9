"""Training runs on the command line: start, follow, queue, diagnose and delete them."""

import argparse
import json
import sys
import time
from dataclasses import asdict

from fer import runs
from fer.cli import options as shared_options
from fer.cli import terminal, training_options
from fer.cli.commands import Add, Answer
from fer.config import TrainingConfig
from fer.datasets import load_dataset
from fer.errors import FerError, RunAlreadyActiveError
from fer.models.transfer import require_possible
from fer.runs import Run, RunStatus
from fer.statistics import percent

_FOLLOW_SECONDS = 0.5


def train(options: argparse.Namespace) -> Answer:
    """Start a run in a process of its own and follow it to its end, or let it wait for its turn."""
    return begin(training_options.config_of(options), options.queue)


def begin(config: TrainingConfig, queue: bool) -> Answer:
    """Start a run of these settings and follow it, or with `queue` let it wait for its turn."""
    require_possible(config)  # a wrong name is said at once, not by the process in its log
    # And so is a dataset that cannot be read, or lacks what was asked of it.
    load_dataset(config.dataset, terminal.show_progress, view=config.view)
    if queue:
        return _submitted(runs.submit_run(config))
    try:
        run = runs.start_run(config)
    except RunAlreadyActiveError as error:
        raise RunAlreadyActiveError(f"{error} The option --queue lets this one wait for its turn.") from error
    return _followed(run)


def resume(options: argparse.Namespace) -> Answer:
    """Let a run go on that was stopped, failed or lost its process."""
    return _followed_or_waiting(runs.resume_run(options.run))


def extend(options: argparse.Namespace) -> Answer:
    """Let a run that has ended train on for more epochs."""
    return _followed_or_waiting(runs.extend_run(options.run, options.epochs))


def stop(options: argparse.Namespace) -> Answer:
    """Ask a run to stop, or take it out of the queue."""
    run = runs.load_run(options.run)
    if run.status is RunStatus.QUEUED:
        deleted = runs.cancel_queued(run.id)
        said = "in the trash" if deleted else "as it was before"
        return {"id": run.id, "deleted": deleted}, f"{run.id}: taken out of the queue, {said}"
    runs.request_stop(run.id)
    said = (
        "stopping after the batch at hand; its best and last weights are kept"
        if run.is_active
        else run.status
    )
    return {"id": run.id, "status": runs.load_run(run.id).status}, f"{run.id}: {said}"


def queue(options: argparse.Namespace) -> Answer:
    """What trains and what waits, once that was changed as wished; if none is at work, the next begins."""
    if options.cancel is not None:
        runs.cancel_queued(options.cancel)
    if options.move is not None:
        run_id, places = options.move
        runs.move_in_queue(run_id, _whole_number(places))
    runs.start_next()
    every = runs.list_runs()
    active, waiting = next((run for run in every if run.is_active), None), runs.list_queue()
    starts = runs.expected_starts(active, waiting, [(run, runs.summarize(run)) for run in every])
    result = {
        "active": active.id if active else None,
        "waiting": [
            {"id": run.id, "name": run.name, "starts_in_seconds": seconds}
            for run, seconds in zip(waiting, starts, strict=True)
        ],
    }
    rows = [["run", "name", "epochs", "begins in"]]
    rows += [[active.id, active.name, str(active.config.epochs), "now"]] if active else []
    rows += [
        [
            run.id,
            run.name,
            str(run.config.epochs),
            "–" if seconds is None else terminal.duration(seconds),
        ]
        for run, seconds in zip(waiting, starts, strict=True)
    ]
    return result, terminal.table(rows) if len(rows) > 1 else "No run is at work, and none waits."


def list_all(options: argparse.Namespace) -> Answer:
    """Every run, newest first."""
    listed = [(run, runs.summarize(run)) for run in runs.list_runs()]
    damaged = runs.list_damaged_runs()
    result = {
        "runs": [
            {
                "id": run.id,
                "name": run.name,
                "note": run.notes.note,
                "starred": run.notes.starred,
                "status": run.status,
                "epochs": summary.epochs_done,
                "planned": run.config.epochs,
                "best_epoch": summary.best.epoch if summary.best else None,
                "validation_accuracy": summary.best.validation_accuracy if summary.best else None,
                "seconds": summary.seconds,
                "dataset": run.config.dataset,
                "architecture": run.config.architecture,
            }
            for run, summary in listed
        ],
        "damaged": damaged,
        "deleted": [run.id for run in runs.list_deleted()],
    }
    rows = [["run", "name", "status", "epochs", "best"]]
    rows += [
        [
            run.id,
            f"★ {run.name}".rstrip() if run.notes.starred else run.name,
            run.status,
            f"{summary.epochs_done} of {run.config.epochs}",
            f"{percent(summary.best.validation_accuracy)}" if summary.best else "–",
        ]
        for run, summary in listed
    ]
    lines = [terminal.table(rows) if listed else "There is no run yet; “python -m fer train” starts one."]
    lines += [f"{run_id}: cannot be read" for run_id in damaged]
    return result, "\n".join(lines)


def delete(options: argparse.Namespace) -> Answer:
    """Move a run into the trash."""
    runs.delete_run(options.run)
    return {"id": options.run}, (
        f"{options.run}: in the trash for a day; “python -m fer restore {options.run}” takes it back"
    )


def restore(options: argparse.Namespace) -> Answer:
    """Take a deleted run back."""
    runs.restore_run(options.run)
    return {"id": options.run}, str(runs.load_run(options.run).folder)


def diagnose(options: argparse.Namespace) -> Answer:
    """What a run's curves tell, and what was tried; or one of the changes, tried."""
    from fer.runs import diagnosis
    from fer.runs.diagnosis.report import report_of

    run = runs.load_run(options.run)
    report = report_of(run)
    if options.number is None:
        return report.as_dict(), report.as_text()
    if not 1 <= options.number <= len(report.remedies):
        raise FerError(
            f"There is no change number {options.number}; “python -m fer diagnose {run.id}” lists "
            f"{len(report.remedies)}."
        )
    kind, remedy = report.remedies[options.number - 1]
    if obstacle := diagnosis.obstacle(run):
        raise FerError(obstacle)
    started = diagnosis.start_experiment(run, kind, remedy)
    return (
        {"id": started.id, "base": run.id, "advice": remedy.label, "status": started.status},
        f"{started.id}: {remedy.label} ({started.status})\n"
        f"What it brought is told by “python -m fer diagnose {started.id}”.",
    )


def estimate(options: argparse.Namespace) -> Answer:
    """How long a run would take here, from a few measured steps."""
    from fer.training.batches import training_faces, validation_faces
    from fer.training.estimate import measure

    config = shared_options.settings_of(options.settings)
    dataset = load_dataset(config.dataset, terminal.show_progress, view=config.view)
    measured = measure(config, dataset, terminal.show_progress)
    faces = len(training_faces(dataset, config))
    seconds = measured.seconds(config.epochs, faces, len(validation_faces(dataset, config)))
    result = {**asdict(measured), "seconds": seconds}
    return result, (
        f"About {terminal.duration(seconds)} for {config.epochs} epochs of {faces:,} faces "
        f"({measured.images_per_second:,.0f} images/s; starting takes "
        f"{terminal.duration(measured.start_seconds)})"
    )


def add_to(add: Add) -> None:
    """Add the commands with their options."""
    training_options.add_to(add("train", train))
    add("runs", list_all)
    for name, command in (
        ("resume", resume),
        ("extend", extend),
        ("stop", stop),
        ("delete", delete),
        ("restore", restore),
        ("diagnose", diagnose),
    ):
        sub = add(name, command)
        sub.add_argument("run", metavar="RUN", help="a run's id")
        if name == "extend":
            sub.add_argument("epochs", metavar="EPOCHS", type=int, help="how many more")
        elif name == "diagnose":
            sub.add_argument(
                "--try",
                dest="number",
                type=int,
                metavar="NUMBER",
                help="start the same run with this one of the changes it names, or let it wait for its turn",
            )
    sub = add("queue", queue)
    sub.add_argument(
        "--move", nargs=2, metavar=("RUN", "PLACES"), help="let it wait so many places less (-1) or more (1)"
    )
    sub.add_argument("--cancel", metavar="RUN", help="take it out of the queue")
    sub = add("estimate", estimate)
    sub.add_argument(
        "settings",
        metavar="SETTINGS",
        help="a run's config.json, or settings as JSON: "
        + json.dumps({"architecture": "mini_xception", "epochs": 10}),
    )


def _whole_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise FerError(f"A run is moved by a whole number of places; received “{text[:20]}”.") from None


def _submitted(run: Run) -> Answer:
    """What is said of a run that is not followed."""
    waiting = [other.id for other in runs.list_queue()]
    place = waiting.index(run.id) + 1 if run.id in waiting else 0
    result = {"id": run.id, "folder": str(run.folder), "status": run.status, "place": place}
    return result, f"{run.id}: " + (f"waits, number {place} in the queue" if place else run.status)


def _followed_or_waiting(run: Run) -> Answer:
    return _submitted(run) if run.status is RunStatus.QUEUED else _followed(run)


def _followed(run: Run) -> Answer:
    """Show a run's progress until it ends; Ctrl-C asks it to stop and keeps what it learned."""
    try:
        while (run := runs.load_run(run.id)).is_active:
            progress = run.progress()
            remaining = progress.remaining_seconds
            eta = f", {terminal.duration(remaining)} left" if remaining is not None else ""
            terminal.show_progress(progress.fraction, f"{run.stage}{eta}")
            time.sleep(_FOLLOW_SECONDS)
    except KeyboardInterrupt:
        runs.request_stop(run.id)
        terminal.clear_progress()
        print("Stopping after this batch; best and last weights are kept.", file=sys.stderr)
        while (run := runs.load_run(run.id)).is_active:
            time.sleep(_FOLLOW_SECONDS)
    best = run.best()
    if run.error or best is None:
        raise FerError(
            run.error or f"The run {run.id} ended as {run.status}; its log is {run.folder / runs.LOG_FILE}."
        )
    if run.status is runs.RunStatus.LOST:
        advice = f"Go on with “python -m fer resume {run.id}”." if run.can_resume else "Start a new one."
        raise FerError(
            f"The run {run.id} ended without a word in epoch {len(run.metrics()) + 1}, as when a computer "
            f"runs out of memory. {advice}"
        )
    result = {
        "id": run.id,
        "folder": str(run.folder),
        "status": run.status,
        "epochs": run.metrics()[-1].epoch,
        "best_epoch": best.epoch,
        "validation_accuracy": best.validation_accuracy,
    }
    return result, (
        f"{run.id}: {run.status} after {result['epochs']} epochs; validation accuracy "
        f"{percent(best.validation_accuracy)} (epoch {best.epoch})\n{run.folder}"
    )
