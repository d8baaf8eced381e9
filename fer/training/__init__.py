"""Training: the whole of a run, in a process of its own: `python -m fer.training <run folder>`.

The page and the command line both start exactly this. It reads `config.json`, writes the files that
`fer.runs` describes, stops when the file `stop` appears, and goes on from `last.keras` where that exists.
`fer.training.engine` is written against `keras` alone, so another backend can run it; only the export to
LiteRT needs TensorFlow.
"""

import os

# The C++ side prints its hardware findings at every start; a learner's log is for what matters.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
