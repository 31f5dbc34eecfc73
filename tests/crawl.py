"""Follows every link that a person can reach, and says what is wrong with the pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, urldefrag, urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Error

WIDE: Final = {"width": 1280, "height": 800}
ZOOMED: Final = {"width": 640, "height": 400}  # 1280 by 800 at 200 per cent
NARROW: Final = {"width": 390, "height": 844}
TALL: Final = {"width": 390, "height": 4000}  # so that what sticks to the bottom covers nothing
LARGEST: Final = 60_000  # bytes of HTML
TABS: Final = 30
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
# Without preload: axe would fetch the style sheets again and insert them, which the policy refuses. Contrast
# is looked for where words of a new kind look as none did before. Returns what is wrong, and those looks.
AXE: Final = """async ([tags, fresh, judged]) => {
  const found = looks.of(new Set(fresh)), before = new Set(judged);
  const include = [...found.keys()].filter(e => !before.has(found.get(e)));
  const how = {resultTypes: ['violations'], preload: false};
  const {violations} = await axe.run({...how, runOnly: tags, rules: {'color-contrast': {enabled: false}}});
  const contrast = {...how, runOnly: {type: 'rule', values: ['color-contrast']}};
  if (include.length) violations.push(...(await axe.run({include}, contrast)).violations);
  const told = v => `${v.id}: ${v.nodes.map(n => n.target.join(' ')).slice(0, 3).join(', ')}`;
  return [violations.map(told), [...new Set(include.map(e => found.get(e)))]];
}"""
TOO_WIDE: Final = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return '';
  const out = e => e.getBoundingClientRect().right > root.clientWidth + 1;
  const widest = [...document.body.querySelectorAll('*')].filter(out).slice(-1)[0];
  return `${root.scrollWidth} px, ${widest ? widest.tagName + '.' + widest.className : '?'}`;
}"""
# The kinds of elements that stand on the page, however often. A kind is an element's place, classes, type,
# role, aria attributes, and whether it has a label, words of its own and words in place of a picture.
KINDS: Final = """() => {
  const aria = e => e.getAttributeNames().filter(name => name.startsWith('aria-')).sort().join();
  const words = e => [...e.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  const kind = e => [e.tagName, ...[...e.classList].sort(), e.getAttribute('type'), e.getAttribute('role'),
    aria(e), e.labels?.length > 0, words(e), !!e.getAttribute('alt')].join(' ');
  const kinds = new Map([[document.documentElement, '']]);
  for (const e of document.body.querySelectorAll('*'))
    kinds.set(e, `${kinds.get(e.parentElement) ?? ''} > ${kind(e)}`);
  window.kindsOnPage = kinds;
  return [...new Set(kinds.values())];
}"""
# What no element shows by itself: a title, ids that stand once, and references that lead to one. Django's
# admin describes fields without a help text by one.
WHOLE: Final = """() => {
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  const named = new Set(ids);
  const refers = ['for', 'aria-labelledby', 'aria-controls', 'aria-errormessage'];
  if (!location.pathname.startsWith('/admin/')) refers.push('aria-describedby');
  const lost = refers.flatMap(name => [...document.querySelectorAll(`[${name}]`)].flatMap(e =>
    e.getAttribute(name).split(/\\s+/).filter(id => id && !named.has(id))
      .map(id => `${name} ${id} leads nowhere`)));
  const twice = ids.filter((id, n) => ids.indexOf(id) !== n).map(id => `the id ${id} stands twice`);
  return [...(document.title.trim() ? [] : ['no title']), ...twice, ...lost];
}"""
LINKS: Final = "() => [...document.querySelectorAll('a[href]')].map(a => a.href)"
# Ready-made scripts of the admin draw fields after the page has loaded: until two frames change nothing.
SETTLED: Final = """() => new Promise(done => {
  let quiet = 0;
  const watch = new MutationObserver(() => { quiet = 0; });
  watch.observe(document, {subtree: true, childList: true, attributes: true});
  const frame = () => {
    quiet += 1;
    if (quiet <= 2) return requestAnimationFrame(frame);
    watch.disconnect();
    done();
  };
  requestAnimationFrame(frame);
})"""
# All that is read of a page that nobody has touched, in one question: each takes as long as a small page.
READ: Final = f"""async () => {{
  if (location.pathname.startsWith('/admin/')) await ({SETTLED})();
  const size = performance.getEntriesByType('navigation')[0].decodedBodySize;
  const language = document.documentElement.lang;
  return {{size, language, links: ({LINKS})(), faults: ({WHOLE})(), kinds: ({KINDS})()}};
}}"""
KEYBOARD: Final = (Path(__file__).parent / "keyboard.js").read_text()
LOOKS: Final = (Path(__file__).parent / "looks.js").read_text()
IDENTIFIER: Final = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?=/)|(?<=/)[^/]+(?=/(?:change|delete|history)/$)"
)
# The tables of a year are one page, and so are those of a comparison.
TABLE: Final = re.compile(
    r"(?:(?<=/\*/)|(?<=/comparison/))(?!quality|publish|text|kvalitet|internationellt)[a-z_]+(?=/$)"
)
ARTICLE: Final = re.compile(r"(?<=^/help/).+|(?<=^/knowledge/).+")
# Files have tests of their own.
LEFT_ALONE: Final = re.compile(r"^/(static|admin/jsi18n)/|/logout/$|\.(csv|json|ods|pdf|svg|xlsx)$")


@dataclass
class Crawl:
    """One person's way through the register. `page` is signed in. `judged` remembers, over all that share it,
    which kinds of elements have been judged in which way, and which looks of words for their contrast: axe
    and the keyboard would find the same in others of them."""

    page: Any
    origin: str
    judged: set[tuple[str, str]] = field(default_factory=set)
    language: str = "sv"
    # Neither lists in another selection, nor pages of the admin, nor one article as another; and each kind of
    # element is given to axe in one look, and each page is laid out at 390 pixels alone.
    brief: bool = False
    faults: list[str] = field(default_factory=list)
    visited: list[str] = field(default_factory=list)

    def run(self, start: str = "/") -> None:
        self.page.emulate_media(reduced_motion="reduce")  # colours fade else, and axe sees them half-way
        self.page.on(
            "console", lambda message: message.type == "error" and self.fault("console", message.text)
        )
        waiting: list[str] = [start]
        known = dict([self.kind(start)])
        while waiting:
            for link in self.visit(waiting.pop(0)):
                path, names = self.kind(link)
                if path not in known or names - known[path]:
                    known.setdefault(path, set()).update(names)
                    waiting.append(link)

    def kind(self, url: str) -> tuple[str, set[str]]:
        path, names = pattern(url)
        return (ARTICLE.sub("*", path) if self.brief else path), names

    def visit(self, url: str) -> list[str]:
        """Judges the page; returns where its links lead within the register."""
        self.visited.append(url)
        self.show(self.sizes()[0])
        try:
            response = self.page.goto(url)
        except Error as error:
            if "Download is starting" not in error.message:
                raise
            return []
        if response.status >= 400:
            self.fault("broken link", str(response.status))
            return []
        if "text/html" not in response.headers.get("content-type", ""):
            return []
        return list(self.within(self.judge()))

    def judge(self) -> list[str]:
        """Says what is wrong with the page as it stands; returns its links."""
        read = self.page.evaluate(READ)
        self.judge_words(read)
        first, last = self.sizes()
        self.sideways(first)
        if self.new("keyboard", read["kinds"]):
            self.show(WIDE)
            self.keyboard()
            self.forms()
        if fresh := self.new("brief" if self.brief else self.look(), read["kinds"]):
            self.axe(fresh)
        if last != first:
            self.sideways(last)
        return list(read["links"])

    def judge_words(self, read: dict[str, Any]) -> None:
        if read["size"] > LARGEST:
            self.fault("HTML", f"{read['size']} bytes")
        if read["language"] != self.spoken():
            self.fault("language", "the page says another language than the one chosen")
        for fault in read["faults"]:
            self.fault("page", fault)

    def dark(self) -> bool:
        """From page to page the other way round, and in the other language too."""
        return len(self.visited) % 2 == (self.language == "sv")

    def look(self) -> str:
        return "narrow, dark" if self.dark() else "wide, light"

    def sizes(self) -> tuple[dict[str, int], dict[str, int]]:
        """In which it is loaded, and left for the next one: each new size lays the whole page out anew."""
        if self.brief:
            return NARROW, NARROW
        return (NARROW, ZOOMED) if self.dark() else (ZOOMED, NARROW)

    def show(self, size: dict[str, int]) -> None:
        if self.page.viewport_size != size:
            self.page.set_viewport_size(size)

    def sideways(self, size: dict[str, int]) -> None:
        self.show(size)
        if wide := self.page.evaluate(TOO_WIDE):
            name = "390 px" if size == NARROW else "200 % zoom"
            self.fault(f"scrolls sideways at {name}", wide)

    def new(self, how: str, kinds: list[str]) -> list[str]:
        """The kinds on the page that have not been judged in this way; all are now."""
        fresh = [kind for kind in kinds if (how, kind) not in self.judged]
        self.judged |= {(how, kind) for kind in fresh}
        return fresh

    def spoken(self) -> str:
        """The public pages keep no cookie: their address says the language."""
        parts = urlsplit(self.page.url)
        if not parts.path.startswith("/statistik/"):
            return self.language
        return "en" if "lang=en" in parts.query else "sv"

    def keyboard(self) -> None:
        """Tab by Tab from the top: the skip link, then the order of the page, and at every stop it shows."""
        self.page.evaluate(KEYBOARD)
        self.page.evaluate("keyboard.listen()")
        for _ in range(TABS):
            self.page.keyboard.press("Tab")
        stops = self.page.evaluate("keyboard.walked()")
        ready = self.page.evaluate("!!document.querySelector('[autofocus], [role=alert], form[data-fill]')")
        if not ready and not (stops and stops[0]["href"].startswith("#")):
            self.fault("skip link", f"the first stop is {stops[:1]}")
        for stop in stops:
            again = stop["href"].startswith("#")  # round from the top
            if not stop["follows"] and not again:
                self.fault("order of focus", stop["name"])
            if not stop["seen"]:
                self.fault("focus is not seen", stop["name"])
        for element in self.page.evaluate("keyboard.outOfOrder()"):
            self.fault("order of focus", element)

    def forms(self) -> None:
        """Every form in sight is sent by Enter on a button that the keyboard reaches. One of the same address
        and kinds as one before, such as those of the frame, is not sent again."""
        for n, make in enumerate(self.page.evaluate("keyboard.readyForms()")):
            if not self.new("form", [make]):
                continue
            self.page.evaluate("n => keyboard.focusSender(n)", n)
            self.page.keyboard.press("Enter")
            if not self.page.evaluate("n => keyboard.isSent(n)", n):
                self.fault("not sent by keyboard", self.page.evaluate("n => keyboard.nameOf(n)", n))

    def axe(self, fresh: list[str]) -> None:
        how = self.look()
        self.show(TALL if self.dark() else WIDE)
        if self.dark():
            self.page.emulate_media(color_scheme="dark")
        self.page.evaluate(LOOKS)
        self.page.evaluate(AXE_SCRIPT)
        judged = [what for look, what in self.judged if look == f"contrast, {how}"]
        violations, looks = self.page.evaluate(AXE, [RULES, fresh, judged])
        self.new(f"contrast, {how}", looks)
        for violation in violations:
            self.fault(f"axe ({how})", violation)
        if self.dark():
            self.page.emulate_media(color_scheme="light")

    def within(self, links: list[str]) -> Iterator[str]:
        for link in links:
            url = urldefrag(link).url
            if url.startswith(f"{self.origin}/") and not self.left_alone(urlsplit(url)):
                yield url.removeprefix(self.origin)

    def left_alone(self, url: SplitResult) -> bool:
        selection = bool(url.query) and "lang=" not in url.query
        skipped = self.brief and (selection or url.path.startswith("/admin/"))
        return skipped or bool(LEFT_ALONE.search(url.path))

    def fault(self, kind: str, what: str) -> None:
        self.faults.append(f"{urlsplit(self.visited[-1]).path} [{self.language}] {kind}: {what}")


def pattern(url: str) -> tuple[str, set[str]]:
    """Path without identifiers, and the names of the query. A page is another one when its path or one of the
    names is new: not by the values, nor by how filters are combined."""
    parts = urlsplit(url)
    names = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)} - {"_changelist_filters"}
    if {"sort", "after", "before"} & names or (names and parts.path.startswith("/admin/")):
        names = {"order"}  # the same list in another order or selection, or its next page
    path = IDENTIFIER.sub("*", parts.path)
    return (TABLE.sub("*", path) if path.startswith("/summaries/") else path), names
