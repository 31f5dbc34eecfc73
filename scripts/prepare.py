"""Makes the virtual environment and installs the pinned requirements into it, once for each content of the
files.

    python3 scripts/prepare.py FOLDER REQUIREMENTS...

Runs before anything is installed: standard library only.
"""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WHEELS, HASHED = ROOT / "wheels", ROOT / "requirements.hashed.txt"


def main(folder: Path, files: list[Path]) -> None:
    stamp = folder / f"{files[-1].stem}.stamp"
    wanted = hashlib.sha256(
        "\0".join([sys.version, *(file.read_text() for file in files)]).encode()
    ).hexdigest()
    if runs(folder) and stamp.exists() and stamp.read_text() == wanted:
        return
    if not runs(folder):
        make(folder)
    install(folder, files)
    stamp.write_text(wanted)


def runs(folder: Path) -> bool:
    """False too where the Python that the environment was made from is gone."""
    python = folder / "bin" / "python"
    return (
        python.exists() and subprocess.run([python, "-c", "import pip"], capture_output=True).returncode == 0
    )


def make(folder: Path) -> None:
    if not importlib.util.find_spec("venv") or not importlib.util.find_spec("ensurepip"):
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        sys.exit(f"Python's venv module is not installed. On Debian: apt-get install {package}")
    say(f"Making a virtual environment in {folder} ...")
    if subprocess.run([sys.executable, "-m", "venv", "--clear", folder]).returncode:
        sys.exit(f"The virtual environment could not be made in {folder}: see the message above.")


def install(folder: Path, files: list[Path]) -> None:
    say(f"Installing {', '.join(file.name for file in files)} ...")
    named = [part for file in files for part in ("-r", file)]
    # Not compiled: half of pip's time would go into modules that are never imported; Python compiles the
    # others itself.
    pip = [folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--no-input"]
    if [file.name for file in files] == ["requirements.txt"] and WHEELS.is_dir():
        # A release brings its packages along: no network is asked, and no other bytes are installed.
        named = ["--no-index", "--find-links", str(WHEELS), "--require-hashes", "-r", str(HASHED)]
    if subprocess.run([*pip, "install", "--quiet", "--no-compile", *named]).returncode:
        sys.exit("The requirements could not be installed: see pip's message above. Is there a network?")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        sys.exit(f"The virtual environment could not be made: {error}")
