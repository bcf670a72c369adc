"""Keep the process's memory, and with it every key, out of core files and of other processes' reach."""

from __future__ import annotations

import ctypes
import resource
import sys

_PR_SET_DUMPABLE = 4  # <linux/prctl.h>


def forbid_core_dumps() -> None:
    """Set the core size limit (soft and hard) to zero and, on Linux, mark the process as not dumpable.

    The limit alone is not enough on Linux: where ``core_pattern`` pipes cores to a program, it is not consulted
    (core(5)). A process that is not dumpable leaves no core at all, and other processes of the same user can neither
    attach to it nor read ``/proc/<pid>/mem`` (prctl(2), ptrace(2)). Elsewhere only the limit is set.

    The limit is inherited; the mark is lost at ``execve``, so each worker process calls this for itself.
    Raises `OSError` if the system refuses.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "cannot mark the process as not dumpable")
