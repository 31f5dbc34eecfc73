"""nginx with the shipped configuration, on this machine's own addresses and with all files in one folder."""

from __future__ import annotations

import shutil
import socket
import subprocess
from getpass import getuser
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
SHIPPED: Final = ROOT / "deploy" / "nginx.conf"
CERTIFICATE: Final = (
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=register.example"
)
HELD: Final = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")  # it makes a folder of each at its start


def program(name: str) -> str | None:
    """Return where a program of the system is, which an ordinary user's path may not name."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


def nginx_command(
    folder: Path, port: int, plain: int, register: int, *, disk: bool = False
) -> list[str] | None:
    """Return what starts nginx in the foreground: `port` speaks TLS, `plain` does not, `register` is asked.
    None where nginx or openssl is not installed. `disk`: with the part that is shipped as comments."""
    nginx, openssl = program("nginx"), program("openssl")
    if not (nginx and openssl):
        return None
    key, certificate = folder / "register.key", folder / "register.crt"
    words = [openssl, *CERTIFICATE.split(), "-keyout", key, "-out", certificate]
    subprocess.run(words, check=True, capture_output=True)
    whole = folder / "nginx.conf"
    site = SHIPPED.read_text().replace("#disk ", "" if disk else "#disk ")
    whole.write_text(_configuration(site, folder, port, plain, register))
    return [nginx, "-e", f"{folder}/log", "-c", f"{whole}", "-g", "daemon off;"]


def _configuration(site: str, folder: Path, port: int, plain: int, register: int) -> str:
    places = {
        "/etc/ssl": f"{folder}",
        "/var/log/nginx": f"{folder}",
        "/var/cache": f"{folder}",
        "[::]:443": f"[::1]:{port}",
        "listen 443": f"listen 127.0.0.1:{port}",
        "[::]:80": f"[::1]:{plain}",
        "listen 80": f"listen 127.0.0.1:{plain}",
        "127.0.0.1:8000": f"127.0.0.1:{register}",
    }
    for there, here in places.items():
        assert there in site, there
        site = site.replace(there, here)
    own = "".join(f"{what}_temp_path {folder}/{what};\n" for what in HELD)
    debian = "gzip on;\n"  # for all sites of a machine
    return f"user {getuser()};\npid {folder}/pid;\nevents {{}}\nhttp {{\n{debian}{own}{site}\n}}\n"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
