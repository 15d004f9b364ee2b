"""Isnad: questions to your articles, answered by quotes that can be checked."""

import os

# Before numpy is imported: threads that wait spin, so those of numpy's small products would keep the encoder's
# waiting, which made a question take twice as long (docs/benchmarks.md).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Before ONNX Runtime is imported, which from 1.29 on gives each machine an id and tells Microsoft what it runs.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

__version__ = "0.1.0"
