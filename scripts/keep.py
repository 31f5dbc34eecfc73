"""Keeps a command running: one that was killed is started again, so that somebody says what became of its
runs.

python -m scripts.keep COMMAND ...   It ends when it is told to (SIGTERM), and the command with it.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Final

MAX_PAUSE: Final = 30.0  # seconds between two starts of a command that cannot even start


def keep(command: Sequence[str], told: threading.Event) -> None:
    """Starts `command` again whenever it ends, until `told` is set; after an early end it waits ever
    longer."""
    pause = 1.0
    while not told.is_set():
        child = subprocess.Popen(command)
        quick = _wait(child, told)
        pause = min(2 * pause, MAX_PAUSE) if quick else 1.0
        told.wait(pause)


def _wait(child: subprocess.Popen[bytes], told: threading.Event) -> bool:
    """Whether it ended by itself within seconds."""
    waited = 0.0
    while True:
        try:
            child.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            waited += 0.5
            if told.is_set():
                child.terminate()
                child.wait()
        else:
            return waited < 5


def main() -> None:
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    keep(sys.argv[1:], stopped)


if __name__ == "__main__":
    main()
