"""Makes a release: one archive with all that a server needs but Debian's own packages, and what proves it.

    python -m scripts.release [FOLDER]

FOLDER (dist) then has the archive, the bill of materials, and SHA256SUMS of both. The archive holds the code
of the commit, compiled translations, the scanner's names, and the wheels of every pinned package with their
hashes, so that it installs without a network but Debian's. Made twice of one commit it is the same bytes.
Where SIGNING_KEY names a key of OpenSSH, SHA256SUMS is signed; docs/install.md says how it is verified.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from scripts.sbom import bill

ROOT: Final = Path(__file__).resolve().parent.parent
PYTHONS: Final = ("3.11", "3.12", "3.13")
PLATFORMS: Final = ("manylinux_2_28_x86_64", "manylinux2014_x86_64", "manylinux_2_17_x86_64")
PIN: Final = re.compile(r"^([A-Za-z0-9._-]+)(\[[a-z,]+\])?==([^ ;]+)(?: ; (.+))?$")
ELSEWHERE: Final = ("platform_python_implementation != 'CPython'", "sys_platform == 'win32'")
MADE: Final = ("locale/*/LC_MESSAGES/*.mo", "cases/scanner/listed_names.txt")  # beside what is committed
HASHED: Final = "requirements.hashed.txt"
NAMESPACE: Final = "file"


class NotReleased(Exception):
    """Why no release was made, in one sentence."""


def main(folder: Path) -> None:
    version = version_of(ROOT)
    refuse_changes(ROOT)
    moment = int(git("log", "-1", "--format=%ct"))
    name = f"nmt-register-{version}"
    with TemporaryDirectory() as made:
        wheels = Path(made)
        fetch_wheels(ROOT / "requirements.txt", wheels)
        files = {**committed(), **made_files(ROOT), **wheel_files(wheels)}
        pins = (ROOT / "requirements.txt").read_text()
        hashes = hashes_of(wheels)
        files[HASHED] = hashed(pins, hashes).encode()
        archive = packed(files, name, moment)
        bill_text = json.dumps(with_hashes(bill(pins, project()), hashes), indent=2, sort_keys=True)
    folder.mkdir(parents=True, exist_ok=True)
    written = {f"{name}.tar.gz": archive, f"{name}.cdx.json": f"{bill_text}\n".encode()}
    for file, data in written.items():
        (folder / file).write_bytes(data)
    (folder / "SHA256SUMS").write_text(sums(written))
    sign(folder / "SHA256SUMS", os.environ.get("SIGNING_KEY", ""))
    print((folder / "SHA256SUMS").read_text(), end="")


def project() -> dict[str, str]:
    return dict(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"])


def version_of(root: Path) -> str:
    """Return the version of the project. NotReleased where publiccode.yml names another one."""
    found = str(tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"])
    if f"softwareVersion: {found}\n" not in (root / "publiccode.yml").read_text():
        raise NotReleased(f"publiccode.yml names another version than pyproject.toml, which has {found}.")
    return found


def git(*words: str, root: Path = ROOT) -> str:
    return subprocess.run(
        ["git", *words], cwd=root, capture_output=True, text=True, check=True
    ).stdout.strip()


def refuse_changes(root: Path) -> None:
    changed = git("status", "--porcelain", root=root)
    if changed:
        raise NotReleased(f"There are changes that are not committed: {changed.splitlines()[0].strip()}.")


def committed() -> dict[str, bytes]:
    """Return the files of the commit, by their paths."""
    data = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True).stdout
    files = {}
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in archive:
            held = archive.extractfile(member)
            if held is not None:
                files[member.name] = held.read()
    return files


def made_files(root: Path) -> dict[str, bytes]:
    """Return what is made once for all servers. NotReleased where it has not been made."""
    files = {}
    for pattern in MADE:
        found = sorted(root.glob(pattern))
        if not found:
            raise NotReleased(f"{pattern} has not been made: run make development first.")
        for path in found:
            files[str(path.relative_to(root))] = path.read_bytes()
    return files


def fetch_wheels(pins: Path, folder: Path) -> None:
    """Fetch the wheel of each pinned package, for every supported Python on x86-64."""
    platforms = [word for name in PLATFORMS for word in ("--platform", name)]
    for python in PYTHONS:
        words = ["-r", str(pins), "-d", str(folder), "--python-version", python, *platforms]
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"]
        if subprocess.run([*pip, "--only-binary=:all:", *words]).returncode:
            raise NotReleased(
                f"The wheels for Python {python} could not be fetched: see pip's message above."
            )


def wheel_files(folder: Path) -> dict[str, bytes]:
    return {f"wheels/{path.name}": path.read_bytes() for path in sorted(folder.glob("*.whl"))}


def plain(name: str) -> str:
    """Return the name of a package as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def hashes_of(folder: Path) -> dict[tuple[str, str], list[str]]:
    """Return the digests of the wheels of each package and version."""
    found: dict[tuple[str, str], list[str]] = {}
    for path in sorted(folder.glob("*.whl")):
        name, version, *_tags = path.name.split("-")
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        found.setdefault((plain(name), version), []).append(digest)
    return found


def hashed(pins: str, hashes: Mapping[tuple[str, str], list[str]]) -> str:
    """Return the pins with the digests that pip then requires. NotReleased where a package has no wheel."""
    lines = []
    for line in pins.splitlines():
        found = PIN.match(line)
        if found is None:
            continue
        name, _extra, version, where = found.groups()
        digests = hashes.get((plain(name), version), [])
        if not digests and where not in ELSEWHERE:
            raise NotReleased(f"{name} {version} has no wheel.")
        if digests:
            lines.append(" ".join([line, *(f"--hash=sha256:{digest}" for digest in digests)]))
    return "\n".join(lines) + "\n"


def with_hashes(told: Mapping[str, object], hashes: Mapping[tuple[str, str], list[str]]) -> dict[str, object]:
    """Return a bill of materials that names the digests of each component."""
    components = []
    for part in told["components"]:  # type: ignore[attr-defined]
        digests = hashes.get((plain(part["name"]), part["version"]), [])
        known = [{"alg": "SHA-256", "content": digest} for digest in digests]
        components.append({**part, "hashes": known} if known else part)
    return {**told, "components": components}


def packed(files: Mapping[str, bytes], name: str, moment: int) -> bytes:
    """Return an archive of the files in one folder: the same bytes for the same files."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(files):
            member = tarfile.TarInfo(f"{name}/{path}")
            member.size, member.mtime = len(files[path]), moment
            member.mode = 0o755 if files[path].startswith(b"#!") else 0o644
            archive.addfile(member, io.BytesIO(files[path]))
    return gzip.compress(raw.getvalue(), compresslevel=9, mtime=0)


def sums(files: Mapping[str, bytes]) -> str:
    """Return the digests as sha256sum writes and checks them."""
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))


def sign(file: Path, key: str) -> None:
    """Sign a file with a key of OpenSSH; nothing where none is named."""
    if not key:
        return
    file.with_suffix(".sig").unlink(missing_ok=True)
    if subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-f", key, "-n", NAMESPACE, str(file)]).returncode:
        raise NotReleased(f"{file.name} could not be signed with {key}.")


def folder_of(words: Iterable[str]) -> Path:
    return Path(next(iter(words), "dist"))


if __name__ == "__main__":
    try:
        main(folder_of(sys.argv[1:]))
    except NotReleased as why:
        sys.exit(f"No release was made. {why}")
