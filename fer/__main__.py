"""Command-line entry point: runs one command, `python -m fer <command> …`.

Results go to stdout (with `--json`, one JSON object and nothing else), progress and errors to stderr.
A mistake of the user's ends with exit status 2 and one line; where only a part of what was asked for failed,
the rest is printed and the status is 1.
"""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from fer.cli import terminal
from fer.cli.commands import PARTLY_FAILED, USER_ERROR, parse
from fer.errors import FerError, PartlyBadDatasetError
from fer.system.jobs import JobRecorder

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    options = parse(sys.argv[1:] if arguments is None else arguments)
    job = JobRecorder.of_this_process()
    if job is not None:
        terminal.listeners.append(job.progress)
    try:
        result, text = options.command(options)
        if job is not None:
            job.finish(result)
        terminal.clear_progress()
        print(json.dumps(result, ensure_ascii=False) if options.json else text, flush=True)
    except FerError as error:
        if job is not None:
            job.fail(str(error))
        terminal.clear_progress()
        offer = (
            " The option --skip-bad leaves bad ones out." if isinstance(error, PartlyBadDatasetError) else ""
        )
        print(f"fer: {' '.join(str(error).split())}{offer}", file=sys.stderr)
        return USER_ERROR
    except KeyboardInterrupt:
        if job is not None:
            job.fail("")
        terminal.clear_progress()
        print("fer: stopped.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has had enough (`… | head`); nothing is wrong. What is left goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        # A defect of ours: its trace goes to the terminal or the log, and a page that waits hears of it.
        if job is not None:
            job.fail(f"It ended with {type(error).__name__}: {error}. Please report this.")
        raise
    return PARTLY_FAILED if result.get("failed") else 0


def _quiet_native_libraries() -> None:
    """Let only Python write to stderr: LiteRT and TensorFlow greet there, and an error is to be one line."""
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1, encoding="utf-8", errors="replace")
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 2)


if __name__ == "__main__":
    _quiet_native_libraries()
    sys.exit(main())
