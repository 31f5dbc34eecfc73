"""Who runs the register of deploy/install.sh in a fresh root: for the people of tests/year, who come through
its proxy, and for its clock. systemd starts what runs there, and nobody else does."""

from __future__ import annotations

import http.client
import shutil
import socket
import ssl
import subprocess
from contextlib import ExitStack
from typing import Any, Final

from tests.installed import OWNER, WORKER
from tests.setup.fresh_root import FreshRoot
from tests.year.operator import Clock, Mail, Operator, faketime

LIBRARY: Final = "/srv/libfaketime.so"
CLOCK: Final = "/srv/clock"
RUN: Final = ("postgresql@17-main", "nmt-web", "nmt-worker")
ROLES: Final = {OWNER: "owner", WORKER: "worker"}


class InstalledOperator(Operator):
    """Its commands are those of `nmt`, and each service reads one clock that can be moved."""

    def __init__(self, machine: FreshRoot) -> None:
        library = faketime()
        assert library, "faketime (Debian package faketime) is not installed"
        self.machine, self.folder, self.others, self.processes = machine, machine.folder, ExitStack(), {}
        inside = machine.folder / LIBRARY.lstrip("/")
        shutil.copy(library, inside)
        self.clock = Clock(machine.folder / CLOCK.lstrip("/"), inside)

    def takes_over(self, mail: Mail) -> None:
        """Its services are begun again, under the clock and with a mail server."""
        settings = f"EMAIL_HOST=127.0.0.1\nEMAIL_PORT={mail.port}\nEMAIL_USE_TLS=0\n"
        with (self.folder / "etc/nmt/nmt.env").open("a") as file:
            file.write(settings)
        read = {"LD_PRELOAD": LIBRARY, "FAKETIME_TIMESTAMP_FILE": CLOCK}
        words = [f"{name}={value}" for name, value in (self.clock.environment | read).items()]
        self.machine.sh(f"systemctl set-environment {' '.join(words)}; systemctl restart {' '.join(RUN)}")
        self.waits_until_ready()

    def kills_each(self) -> None:
        """The first process of each service. Each comes back by itself."""
        for unit in RUN:
            self.machine.sh(f"systemctl kill --kill-whom=main --signal=KILL {unit}")
        for unit in RUN:
            again = f"until systemctl is-active --quiet {unit}; do sleep 0.5; done"
            self.machine.sh(f"sleep 2; timeout 60 sh -c '{again}'")
        self.waits_until_ready()

    def memory_of_workers(self) -> list[int]:
        """Of each that answers requests, in MB: what it has alone, and its share of what several have."""
        main = main_process(self.machine)
        each = f"for worker in $(cat /proc/{main}/task/{main}/children)"
        read = "sed -n 's/^Pss: *\\([0-9]*\\) kB/\\1/p' /proc/$worker/smaps_rollup"
        return [int(found) // 1024 for found in self.machine.sh(f"{each}; do {read}; done").split()]

    def logged(self) -> str:
        return self.machine.sh("journalctl --no-pager -n 30")

    def tries(self, role: str, *words: str) -> subprocess.CompletedProcess[str]:
        return self.machine.run("nmt", *words, NMT_ROLE=ROLES[role])

    def reach(self, address: str = "127.0.0.1") -> http.client.HTTPConnection:
        unsigned = ssl._create_unverified_context()
        where: dict[str, Any] = {"timeout": 180, "source_address": (address, 0), "context": unsigned}
        connection = http.client.HTTPSConnection("127.0.0.1", 443, **where)
        connection._create_connection = self._connect  # type: ignore[attr-defined]
        return connection

    def _connect(self, *where: Any, **more: Any) -> socket.socket:
        with self.machine.network():
            return socket.create_connection(*where, **more)


def main_process(machine: FreshRoot, unit: str = "nmt-web") -> str:
    return machine.sh(f"systemctl show --property MainPID --value {unit}").strip()
