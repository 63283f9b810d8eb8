"""Keep numerical libraries to one thread each.

The work is small: more threads wait for each other, and for whoever else computes on the machine, and take memory.
"""

import os

_NAMES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TOKENIZERS_PARALLELISM")


def keep_to_one_thread() -> None:
    """Set the environment so; call before numpy or torch are imported. What is set already stays."""
    for name in _NAMES:
        os.environ.setdefault(name, "false" if name.endswith("PARALLELISM") else "1")
