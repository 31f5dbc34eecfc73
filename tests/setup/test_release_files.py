"""A release is the same bytes each time, names the digest of every package, and installs from its wheels."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from scripts import prepare, release
from scripts.release import NotReleased

PINS = "django==5.2.19\nbrotlicffi==1.2.1.0 ; platform_python_implementation != 'CPython'\nqrcode[pil]==8.2\n"
FILES = {"b.py": b"print(1)\n", "a/run.sh": b"#!/bin/sh\n", "requirements.txt": PINS.encode()}


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    for name in ("Django-5.2.19-py3-none-any.whl", "qrcode-8.2-cp313-x.whl", "qrcode-8.2-cp311-x.whl"):
        (tmp_path / name).write_bytes(name.encode())
    return tmp_path


def test_the_same_files_make_the_same_archive_whatever_their_order() -> None:
    first = release.packed(FILES, "nmt-register-1.0.0", 1_700_000_000)
    again = release.packed(dict(reversed(FILES.items())), "nmt-register-1.0.0", 1_700_000_000)
    assert first == again
    with tarfile.open(fileobj=io.BytesIO(first)) as archive:
        members = {member.name: member for member in archive}
    assert list(members) == [f"nmt-register-1.0.0/{name}" for name in sorted(FILES)]
    assert {(one.uid, one.gid, one.mtime) for one in members.values()} == {(0, 0, 1_700_000_000)}
    assert members["nmt-register-1.0.0/a/run.sh"].mode == 0o755
    assert members["nmt-register-1.0.0/b.py"].mode == 0o644


def test_every_pin_has_the_digests_of_its_wheels(wheels: Path) -> None:
    lines = release.hashed(PINS, release.hashes_of(wheels)).splitlines()
    digest = hashlib.sha256(b"Django-5.2.19-py3-none-any.whl").hexdigest()
    assert lines[0] == f"django==5.2.19 --hash=sha256:{digest}"
    assert lines[1].startswith("qrcode[pil]==8.2 --hash=sha256:")
    assert lines[1].count("--hash=") == 2
    assert len(lines) == 2  # what another Python needs is not installed here


def test_a_package_without_a_wheel_stops_the_release(wheels: Path) -> None:
    with pytest.raises(NotReleased, match=r"lxml 6.0 has no wheel"):
        release.hashed(f"{PINS}lxml==6.0\n", release.hashes_of(wheels))


def test_the_checksums_are_those_that_sha256sum_checks(tmp_path: Path) -> None:
    for name, data in {"one.tar.gz": b"1", "two.json": b"2"}.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "SHA256SUMS").write_text(release.sums({"two.json": b"2", "one.tar.gz": b"1"}))
    done = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=tmp_path)
    assert done.returncode == 0


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="OpenSSH is not installed")
def test_a_signature_is_verified_and_one_of_another_file_is_not(tmp_path: Path) -> None:
    key, file = tmp_path / "key", tmp_path / "SHA256SUMS"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    file.write_text("digest  file\n")
    release.sign(file, str(key))
    signers = tmp_path / "signers"
    signers.write_text(f"release {key.with_suffix('.pub').read_text()}")
    verify = [
        "ssh-keygen",
        "-q",
        "-Y",
        "verify",
        "-f",
        str(signers),
        "-I",
        "release",
        "-n",
        release.NAMESPACE,
    ]
    verify += ["-s", f"{file}.sig"]
    for text, good in (("digest  file\n", True), ("another  file\n", False)):
        done = subprocess.run(verify, input=text.encode(), capture_output=True)
        assert (done.returncode == 0) is good


def test_changes_that_are_not_committed_stop_the_release(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    release.refuse_changes(tmp_path)
    (tmp_path / "new.py").write_text("")
    with pytest.raises(NotReleased, match=r"new\.py"):
        release.refuse_changes(tmp_path)


def test_two_files_name_one_version(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.0.0"\n')
    (tmp_path / "publiccode.yml").write_text("softwareVersion: 0.9.0\n")
    with pytest.raises(NotReleased, match=r"1\.0\.0"):
        release.version_of(tmp_path)
    assert release.version_of(release.ROOT)


def test_a_release_with_wheels_is_installed_from_them_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def run(words: list[object], **_facts: object) -> subprocess.CompletedProcess[bytes]:
        asked.append([str(word) for word in words])
        return subprocess.CompletedProcess([], 0)

    monkeypatch.setattr(prepare.subprocess, "run", run)
    monkeypatch.setattr(prepare, "WHEELS", tmp_path)
    prepare.install(tmp_path, [Path("requirements.txt")])
    assert {"--no-index", "--require-hashes"} <= set(asked[0])
    monkeypatch.setattr(prepare, "WHEELS", tmp_path / "none")
    prepare.install(tmp_path, [Path("requirements.txt")])
    assert "--no-index" not in asked[1]
