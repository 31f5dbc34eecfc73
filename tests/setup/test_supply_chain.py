"""What is told of a release is what it is made of, and whom to tell of a fault stands where one looks."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client, override_settings

from scripts.sbom import bill, licence_of
from tests.actors import NOON
from tests.setup.test_repository import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PINS = (ROOT / "requirements.txt").read_text()
MAKE = (ROOT / "Makefile").read_text()


def test_the_bill_names_every_pin_and_nothing_else_and_is_the_same_each_time() -> None:
    facts = bill(PINS, PROJECT)
    pins = {tuple(re.match(r"([a-z0-9-]+)(?:\[.*\])?==([^ ]+)", line).groups()) for line in PINS.splitlines()}
    assert {(part["name"], part["version"]) for part in facts["components"]} == pins
    assert all(part["purl"] == f"pkg:pypi/{part['name']}@{part['version']}" for part in facts["components"])
    assert json.dumps(facts) == json.dumps(bill(PINS, PROJECT))
    assert facts["serialNumber"] != bill(PINS + "extra==1.0\n", PROJECT)["serialNumber"]


def test_the_bill_has_what_its_standard_asks_for() -> None:
    facts = bill(PINS, PROJECT)
    assert (facts["bomFormat"], facts["specVersion"], facts["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", facts["serialNumber"])
    refs = [part["bom-ref"] for part in (facts["metadata"]["component"], *facts["components"])]
    assert len(refs) == len(set(refs))
    assert [one["ref"] for one in facts["dependencies"]] == refs
    assert set(facts["dependencies"][0]["dependsOn"]) == set(refs[1:])
    assert {part["type"] for part in facts["components"]} == {"library"}


def test_a_licence_is_told_of_the_very_version_that_is_installed() -> None:
    facts = {part["name"]: part for part in bill(PINS, PROJECT)["components"]}
    assert "BSD" in facts["django"]["licenses"][0]["license"]["name"]
    assert licence_of("django", "0.1") == ""
    assert licence_of("no-such-package-here", "1") == ""


def test_what_asks_the_network_is_no_part_of_the_tests() -> None:
    of_tests = re.findall(r"^(?:test|test-all|run)\b[^\n]*(?:\n\t[^\n]*)*", MAKE, re.MULTILINE)
    assert len(of_tests) == 3
    assert not [test for test in of_tests if re.search("advisories|audit|release|sbom", test)]
    assert "pip-audit" not in PINS + (ROOT / "requirements-dev.txt").read_text()


def test_what_a_release_asks_the_network_with_is_pinned() -> None:
    pins = (ROOT / "requirements-release.txt").read_text().splitlines()
    pin = re.compile(r"[a-z0-9.-]+(\[[a-z,]+\])?==[0-9][0-9a-z.]*( ; .+)?")
    assert any(line.startswith("pip-audit==") for line in pins)
    assert [line for line in pins if not pin.fullmatch(line)] == []


def test_all_that_says_which_version_it_is_says_the_same() -> None:
    card = (ROOT / "publiccode.yml").read_text()
    assert re.search(r"^softwareVersion: (.+)$", card, re.MULTILINE).group(1) == PROJECT["version"]
    assert f"license: {PROJECT['license']}" in card
    wanted = "publiccodeYmlVersion name platforms categories developmentStatus softwareType description legal"
    for key in [*wanted.split(), "maintenance", "localisation"]:
        assert re.search(rf"^{key}:", card, re.MULTILINE), key
    short = re.findall(r"^    shortDescription: (.+)$", card, re.MULTILINE)
    assert len(short) == 2
    assert all(len(one) <= 150 for one in short)


def test_every_file_is_under_the_one_licence() -> None:
    data = tomllib.loads((ROOT / "REUSE.toml").read_text())
    (whole,) = data["annotations"]
    assert (data["version"], whole["path"]) == (1, "**")
    assert whole["SPDX-License-Identifier"] == PROJECT["license"]
    assert f"SPDX-License-Identifier: {PROJECT['license']}" in (ROOT / "LICENSE").read_text()


@pytest.mark.django_db
def test_a_stranger_reads_whom_to_tell_of_a_fault_and_until_when(client: Client) -> None:
    with time_machine.travel(NOON, tick=False), override_settings(SECURITY_CONTACT="ombud@example.se"):
        answer = client.get("/.well-known/security.txt")
    facts = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert facts["Contact"] == "mailto:ombud@example.se"
    with override_settings(SECURITY_CONTACT="https://example.se/fel"):
        assert "Contact: https://example.se/fel\n" in client.get("/.well-known/security.txt").content.decode()
    until = datetime.fromisoformat(facts["Expires"])
    assert timedelta(days=30) < until - NOON < timedelta(days=365)  # less than a year, as RFC 9116 asks
