"""Pictures of the register at work with invented data, for the README and the guides.

    python -m scripts.screenshots [--folder docs/pictures]

Serves a demonstration of its own on a free port, signs in as each role, and takes what `SHOTS` lists.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from scripts.debian import chromium

PASSWORD = "bilder av en demonstration"  # noqa: S105  (of a server that lives for a minute)
WIDE, NARROW = (1280, 800), (390, 844)
COLOURS = 32
TIMEOUT = 600  # seconds that a busy machine may take to invent the data, or to show a page
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@dataclass(frozen=True)
class Shot:
    """`click` follows the first link whose address begins so, before the picture is taken."""

    name: str
    who: str
    path: str
    click: str = ""
    size: tuple[int, int] = WIDE


SHOTS = (
    Shot("sign-in", "", "/accounts/login/"),
    Shot("operator-new-call", "operator", "/calls/new/"),
    Shot("phone-new-call", "operator", "/calls/new/", size=NARROW),
    Shot("coordinator-my-page", "coordinator.vast", "/"),
    Shot("coordinator-cases", "coordinator.vast", "/cases/?state=open"),
    Shot("coordinator-case", "coordinator.vast", "/cases/", click="main a[href^='/cases/']:has-text('V-20')"),
    Shot("coordinators", "coordinator.vast", "/coordinators/"),
    Shot("officer-notify", "officer", "/cases/notify/"),
    Shot("analyst-summary", "analyst", "/summaries/", size=(1280, 600)),
    Shot("analyst-publishing", "analyst", "/summaries/publications/2024/"),
    Shot("phone-summary", "analyst", "/summaries/", size=NARROW),
    Shot("administrator-users", "admin", "/admin/accounts/user/"),
    Shot("dpo-audit", "dpo", "/audit/"),
    Shot("public-year", "", "/statistik/2025/"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--folder", type=Path, default=Path("docs/pictures"))
    options = parser.parse_args()
    program = chromium()
    if not program:
        sys.exit("Chromium (Debian package chromium-headless-shell) is not installed.")
    options.folder.mkdir(parents=True, exist_ok=True)
    with demonstration() as url:
        take(program, url, options.folder)


@contextmanager
def demonstration() -> Iterator[str]:
    """A server with invented data in a folder that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="nmt-pictures-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        environment = {
            **os.environ,
            "DEMO": "1",
            "STATE_DIR": folder,
            "DATABASE_URL": "",
            "DEMO_PASSWORD": PASSWORD,
        }
        command = [sys.executable, "-m", "scripts.serve", "--port", str(port)]
        server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(f"{url}/healthz", server)
            yield url
        finally:
            server.terminate()
            server.wait(timeout=TIMEOUT)


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=2).close()  # noqa: S310  (loopback)
            return
        except OSError:
            time.sleep(0.5)
    sys.exit(
        "The demonstration did not start: "
        + ("it ended" if server.poll() is not None else "it takes too long")
        + "."
    )


def take(program: str, url: str, folder: Path) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        for who in dict.fromkeys(shot.who for shot in SHOTS):
            context = browser.new_context(base_url=url, locale="sv-SE", timezone_id="Europe/Stockholm")
            context.set_default_timeout(TIMEOUT * 1000)
            page = context.new_page()
            if who:
                sign_in(page, who)
            for shot in (shot for shot in SHOTS if shot.who == who):
                picture(page, shot, folder)
            context.close()
        browser.close()


def sign_in(page: Any, who: str) -> None:
    page.goto("/accounts/login/")
    page.fill("input[name=login]", f"{who}@demo.example")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/")


def picture(page: Any, shot: Shot, folder: Path) -> None:
    page.set_viewport_size({"width": shot.size[0], "height": shot.size[1]})
    response = page.goto(shot.path)
    if response.status >= 400:
        sys.exit(f"{shot.path} answered {response.status} to {shot.who or 'a visitor'}.")
    if shot.click:
        page.locator(shot.click).first.click()
        page.wait_for_load_state()
    taken = Image.open(BytesIO(page.screenshot())).convert("RGB")
    taken.quantize(COLOURS).save(
        folder / f"{shot.name}.png", optimize=True
    )  # a third of the size, and looks the same
    print(folder / f"{shot.name}.png", page.title())


if __name__ == "__main__":
    main()
