"""Start a program that the kernel kills when its parent dies, even when the parent gets kill -9.

Run as `python -I -S tether.py PARENT_PID PROGRAM ARGUMENT…`: it asks Linux for a SIGKILL at the
parent's death (prctl PR_SET_PDEATHSIG) and then becomes PROGRAM, keeping its process id. A script
of its own, because the usual `preexec_fn` runs Python between fork and exec, which may deadlock in
a process with threads (the Temporal client has many). Not on Linux: it just runs PROGRAM.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def tie_to(parent: int) -> None:
    """Die when the thread that started us dies; at once when it is gone already."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have died before the call above: then nobody would ever signal us.
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    tie_to(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 (no shell is the point)
