"""Thread pool: going through many faces in pieces, on every core, telling how far it is."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from fer.system.progress import Progress


def in_chunks(
    count: int, size: int, work: Callable[[slice], object], progress: Progress, message: str
) -> None:
    """Call `work` for each slice of `size` out of `count`, several at once, and wait for all.

    What takes long in `work` should be OpenCV's, NumPy's or hashlib's: they let other threads run.
    """
    chunks = [slice(start, min(start + size, count)) for start in range(0, count, size)]
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        try:
            for done, _ in enumerate(threads.map(work, chunks), start=1):
                progress(done / len(chunks), message)
        except BaseException:
            threads.shutdown(cancel_futures=True)  # who presses Ctrl-C does not wait for the rest
            raise
    progress(1.0, message)
