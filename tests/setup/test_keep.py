"""A command that is kept is started again when it dies, and ends when its keeper is told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Says who it is, and waits to be ended.
CHILD = "import os, signal; print(os.getpid(), flush=True); signal.pause()"


def test_a_killed_command_is_started_again_and_ends_with_its_keeper() -> None:
    command = [sys.executable, "-m", "scripts.keep", sys.executable, "-c", CHILD]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as keeper:
        try:
            assert keeper.stdout is not None
            first = int(keeper.stdout.readline())
            os.kill(first, signal.SIGKILL)
            second = int(keeper.stdout.readline())
            assert second != first
            keeper.terminate()
            assert keeper.wait(timeout=20) == 0
            assert keeper.stdout.read() == ""
            assert not Path(f"/proc/{second}").exists()
        finally:
            keeper.kill()
