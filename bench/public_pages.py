"""How heavy the public pages are, and when a telephone on slow 3G sees the largest thing on each. Of the
demonstration, in Chromium, at 400 kbit/s and 400 ms there and back, with nothing kept from before.

The static files are collected, named by their content and packed, as in production.

    python -m bench.public_pages
"""

from __future__ import annotations

import os
from tempfile import TemporaryDirectory
from typing import Any

import django

from bench.counting import limit

DATABASE = "SQLite"
PAGES = ("/statistik/", "/statistik/2025/", "/statistik/2025/main_purpose/")
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
TELEPHONE = {"width": 390, "height": 844}
SECONDS, KILOBYTES, REPEATS = 2.5, 120.0, 3
PAINTED = """() => new Promise((done) => new PerformanceObserver((list) =>
  done(list.getEntries().at(-1).startTime)).observe({type: "largest-contentful-paint", buffered: true}))"""
WEIGHT = """() => performance.getEntriesByType("navigation").concat(performance.getEntriesByType("resource"))
  .reduce((sum, one) => sum + one.transferSize, 0)"""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nmt_site.settings")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test import override_settings
    from django.test.testcases import LiveServerThread

    from scripts.debian import chromium

    program = chromium()
    if not program:
        print("Chromium is not installed.")
        return
    with open(os.devnull, "w") as nowhere:
        call_command("demo", stdout=nowhere)
    settings.ALLOWED_HOSTS = ["*"]
    with TemporaryDirectory() as folder, override_settings(**collected(folder)):
        call_command("collectstatic", interactive=False, verbosity=0)
        server = LiveServerThread("127.0.0.1", lambda application: application)
        server.daemon = True
        server.start()
        server.is_ready.wait()
        if server.error:
            raise server.error
        try:
            found = {path: measured(program, f"http://127.0.0.1:{server.port}{path}") for path in PAGES}
        finally:
            server.terminate()
    within = []
    for path, (seconds, kilobytes) in found.items():
        print(path)
        within += [
            limit("seconds to the largest", seconds, SECONDS),
            limit("kB in all", kilobytes, KILOBYTES),
        ]
    if not all(within):
        raise SystemExit("Over the limit.")


def collected(folder: str) -> dict[str, Any]:
    """The settings of production for static files, which are then to be collected in the folder."""
    from django.conf import settings

    storage = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    return {
        "STATIC_ROOT": folder,
        "WHITENOISE_USE_FINDERS": False,
        "STORAGES": {**settings.STORAGES, "staticfiles": storage},
    }


def measured(program: str, url: str) -> tuple[float, float]:
    """The best of some times, and what was fetched."""
    from playwright.sync_api import sync_playwright

    from scripts.screenshots import FLAGS

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        times = [_once(browser, url) for _time in range(REPEATS)]
        browser.close()
    return min(seconds for seconds, _weight in times), times[0][1]


def _once(browser: Any, url: str) -> tuple[float, float]:
    context = browser.new_context(locale="sv-SE", viewport=TELEPHONE)
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW)
    page.goto(url, wait_until="load")
    seconds, weight = page.evaluate(PAINTED) / 1000, page.evaluate(WEIGHT) / 1000
    context.close()
    return round(seconds, 2), round(weight, 1)


if __name__ == "__main__":
    main()
