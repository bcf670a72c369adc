"""Core dumps are off for good once asked for, so this happens in child processes."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_size_limit_is_zero_softly_and_hardly() -> None:
    child = run(
        """
        import resource
        from counterseal.keystore.core_dumps import forbid_core_dumps
        forbid_core_dumps()
        print(resource.getrlimit(resource.RLIMIT_CORE))
        """
    )
    assert (child.stdout, child.stderr) == ("(0, 0)\n", "")


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_the_process_is_not_dumpable() -> None:
    child = run(
        """
        import ctypes
        from counterseal.keystore.core_dumps import forbid_core_dumps
        get_dumpable = lambda: ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)
        before = get_dumpable()
        forbid_core_dumps()
        print(before, get_dumpable())
        """
    )
    assert (child.stdout, child.stderr) == ("1 0\n", "")


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_its_memory_no_longer_belongs_to_its_user() -> None:
    """The kernel gives /proc/<pid> of a process that is not dumpable to root (proc(5)), out of its own user's reach."""
    child = run(
        """
        import ctypes, os
        from counterseal.keystore.core_dumps import forbid_core_dumps
        if os.getuid() == 0:
            os.setgid(65534)
            os.setuid(65534)
            ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # changing the user has cleared it
        before = os.stat("/proc/self/mem").st_uid == os.getuid()
        forbid_core_dumps()
        print(before, os.stat("/proc/self/mem").st_uid == os.getuid())
        """
    )
    assert (child.stdout, child.stderr) == ("True False\n", "")


def test_a_crash_leaves_no_core(tmp_path: Path) -> None:
    child = run(
        """
        import os, resource, sys
        from counterseal.keystore.core_dumps import forbid_core_dumps
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
        os.chdir(sys.argv[1])
        forbid_core_dumps()
        pid = os.fork()
        if pid == 0:
            os.abort()
        _, status = os.waitpid(pid, 0)
        print(os.WTERMSIG(status), os.WCOREDUMP(status), os.listdir("."))
        """,
        str(tmp_path),
    )
    assert (child.stdout, child.stderr) == ("6 False []\n", "")


def test_elsewhere_only_the_limit_is_set() -> None:
    child = run(
        """
        import ctypes, resource, sys
        from counterseal.keystore.core_dumps import forbid_core_dumps
        sys.platform = "darwin"
        forbid_core_dumps()
        print(resource.getrlimit(resource.RLIMIT_CORE))
        """
    )
    assert (child.stdout, child.stderr) == ("(0, 0)\n", "")
