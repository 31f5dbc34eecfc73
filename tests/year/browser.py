"""What a person sees and does in a browser. It knows HTTP and HTML, and nothing of the register."""

from __future__ import annotations

import http.client
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import quote, urlencode, urljoin, urlsplit

VOID: Final = frozenset("area base br col embed hr img input link meta source track wbr".split())  # noqa: SIM905
INLINE: Final = frozenset({"a", "b", "em", "i", "span", "strong", "abbr", "code"})
UNSEEN: Final = frozenset({"script", "style", "template", "head"})  # what stands there is not read
CONTROLS: Final = ("input", "select", "textarea")
NOT_SENT: Final = frozenset({"submit", "button", "image", "reset"})
LOOKED_UP_BY: Final = ("app_label", "model_name", "field_name")
SAFE: Final = "/%?&=+,;:@!$'()*~"  # what an address may hold as it is
FORM: Final = "application/x-www-form-urlencoded"


@dataclass
class Node:
    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)
    parent: Node | None = None

    def all(self, *tags: str) -> Iterator[Node]:
        for child in self.children:
            if isinstance(child, Node):
                if not tags or child.tag in tags:
                    yield child
                yield from child.all(*tags)

    def above(self, *tags: str) -> Node | None:
        node = self.parent
        while node and node.tag not in tags:
            node = node.parent
        return node

    @property
    def text(self) -> str:
        return " ".join("".join(self._words()).split())

    @property
    def label(self) -> str:
        """Its words without the hints of keys, and of what may be left out."""
        words = "".join(self._words(UNSEEN | {"kbd"}))
        return " ".join(words.replace("(frivilligt)", "").split())

    def _words(self, unseen: frozenset[str] = UNSEEN) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag not in unseen and "hidden" not in child.attrs:
                yield from child._words(unseen)
                yield "" if child.tag in INLINE else " "


class _Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.at = Node("document")
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"option", "li", "p"} and self.at.tag == tag:
            self.handle_endtag(tag)
        node = Node(tag, {name: value or "" for name, value in attrs}, parent=self.at)
        self.at.children.append(node)
        if tag not in VOID:
            self.at = node

    def handle_endtag(self, tag: str) -> None:
        node: Node | None = self.at
        while node and node.tag != tag:
            node = node.parent
        if node and node.parent:
            self.at = node.parent

    def handle_data(self, data: str) -> None:
        self.at.children.append(data)


@dataclass
class Page:
    """What was answered: `status`, the address in the end, and the page or the file."""

    status: int
    address: str
    headers: http.client.HTTPMessage
    body: bytes

    def __post_init__(self) -> None:
        html = "text/html" in self.headers.get("Content-Type", "")
        self.root = _Reader(self.body.decode() if html else "").root

    @property
    def main(self) -> Node:
        return next(self.root.all("main"), self.root)

    @property
    def text(self) -> str:
        return self.main.text

    def rows(self) -> list[list[str]]:
        return [[cell.text for cell in row.all("td", "th")] for row in self.main.all("tr")]

    def links(self) -> list[tuple[str, str]]:
        found = [(_name(link), link.attrs.get("href", "")) for link in self.root.all("a")]
        return [(text, urljoin(self.address, href)) for text, href in found if href]

    def link(self, words: str, beside: str = "") -> str:
        """Return the address of the first link with these words, in a row or entry with the others."""
        all_links = [*self.main.all("a"), *self.root.all("a")]
        leading = [a for a in all_links if a.attrs.get("href", "#")[0] != "#"]
        for link in sorted(leading, key=lambda a: _name(a) != words):
            if words in _name(link) and beside in _entry(link).text:
                return urljoin(self.address, link.attrs["href"])
        raise AssertionError(f"no link {words!r} {beside!r} at {self.address}: {self.text[:1500]}")

    def buttons(self) -> list[Node]:
        """Those of the page itself first, then those of its frame."""
        nodes = [node for node in self.root.all("button", "input") if _is_button(node)]
        return sorted(nodes, key=lambda node: node.above("main") is None)

    def button(self, words: str, beside: str = "") -> Node:
        named = [button for button in self.buttons() if _name(button).startswith(words)]
        for node in sorted(named, key=lambda button: _name(button) != words):
            form = node.above("form") or node
            if beside in _name(node) + _entry(node).text + form.attrs.get("action", ""):
                return node
        raise AssertionError(f"no button {words!r} {beside!r} at {self.address}: {self.text[:1500]}")

    def control(self, label: str) -> Node:
        """Return what a label belongs to."""
        if found := self._labelled(self.root, label):
            return found
        raise AssertionError(f"no field {label!r} at {self.address}: {self.text[:1500]}")

    def choice(self, legend: str, words: str) -> Node | None:
        """Return the choice of these words in a group, where there is one."""
        groups = (node.parent for node in self.root.all("legend") if node.label.startswith(legend))
        return next((found for one in groups if one and (found := self._labelled(one, words))), None)

    def asks(self, label: str) -> bool:
        return any(text.startswith(label) for text, _control in self.labels())

    def by_id(self, name: str) -> Node | None:
        return next((n for n in self.root.all() if name and n.attrs.get("id") == name), None)

    def labels(self, within: Node | None = None) -> Iterator[tuple[str, Node]]:
        for node in (within or self.root).all("label", *CONTROLS):
            if node.tag == "label":
                control = self.by_id(node.attrs.get("for", "")) or next(node.all(*CONTROLS), None)
                if control:
                    yield node.label, control
            elif "aria-label" in node.attrs:
                yield node.attrs["aria-label"], node

    def _labelled(self, within: Node, wanted: str) -> Node | None:
        """Return first what is called so, then what is called something that begins so."""
        found = [(text != wanted, node) for text, node in self.labels(within) if text.startswith(wanted)]
        found.sort(key=lambda one: (one[0], not _changes_something(one[1])))
        return found[0][1] if found else None


def _changes_something(control: Node) -> bool:
    """Whether it stands in a form that is sent, not in one that looks for something."""
    form = control.above("form")
    return form is None or form.attrs.get("method", "").lower() == "post"


def _name(node: Node) -> str:
    return node.attrs.get("aria-label") or node.label or node.attrs.get("value", "")


def _entry(node: Node) -> Node:
    """Return what a link or button stands in: its row, entry, card or section."""
    return node.above("tr", "li", "article", "section") or node


def _is_button(node: Node) -> bool:
    return node.attrs.get("type", "submit" if node.tag == "button" else "text") == "submit"


@dataclass
class File:
    name: str
    content: bytes


Typed = str | bool | File  # True: ticked


@dataclass
class Browser:
    """One person's, with cookies of their own. `reach` opens a connection to the register."""

    reach: Callable[[], http.client.HTTPConnection]
    host: str
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    seen: Callable[[tuple[str, str, int]], None] = lambda _request: None
    typed: dict[int, Typed] = field(default_factory=dict)
    at: Page = field(default_factory=lambda: Page(0, "/", http.client.HTTPMessage(), b""))

    def opens(self, address: str) -> Page:
        return self._shows(self._ask("GET", address))

    def looks(self, address: str) -> Page:  # whatever is answered
        self.at, self.typed = self._ask("GET", address), {}
        return self.at

    def follows(self, words: str, beside: str = "") -> Page:
        return self.opens(self.at.link(words, beside))

    def offers(self, button: str) -> bool:
        return any(node.label == button for node in self.at.buttons())

    def fills(self, label: str, value: Typed) -> None:
        """Types; of a list chooses; ticks a box, or takes the tick away."""
        control = self.at.control(label)
        if control.tag == "select":
            value = self._looked_up(control, str(value)) or _option(control, str(value))
        self.typed[id(control)] = value

    def fills_in(self, values: Mapping[str, Typed]) -> None:
        """Each by its label, or a choice by the legend of its group. What is empty is left as it stands."""
        for label, value in values.items():
            if isinstance(value, str) and value and (choice := self.at.choice(label, value)):
                self.typed[id(choice)] = True
            elif value != "":
                self.fills(label, value)

    def presses(self, button: str, beside: str = "") -> Page:
        pressed = self.at.button(button, beside)
        form = pressed.above("form") or self.at.by_id(pressed.attrs.get("form", ""))
        assert form, f"{button!r} at {self.at.address} is in no form"
        sent = self._sent(form)
        if name := pressed.attrs.get("name"):
            sent.append((name, pressed.attrs.get("value", "")))
        action = pressed.attrs.get("formaction") or form.attrs.get("action") or self.at.address
        address = urljoin(self.at.address, action)
        if form.attrs.get("method", "get").lower() == "get":
            return self.opens(f"{address.partition('?')[0]}?{urlencode(sent)}")
        files = any(isinstance(value, File) for _name, value in sent)
        body, kind = _multipart(sent) if files else (urlencode(sent).encode(), FORM)
        return self._shows(self._ask("POST", address, body, kind))

    def _looked_up(self, control: Node, words: str) -> str:
        """Of a list that asks the register for its choices, the value of the one with these words."""
        if not (asked := control.attrs.get("data-ajax--url")):
            return ""
        asks = {key: control.attrs[f"data-{key.replace('_', '-')}"] for key in LOOKED_UP_BY} | {"term": words}
        page = self._one("GET", f"{asked}?{urlencode(asks)}", b"", "")
        return next((str(one["id"]) for one in json.loads(page.body)["results"]), "")

    def _shows(self, page: Page) -> Page:
        assert page.status == 200, f"{page.address}: {page.status}: {page.text[:600]}"
        self.at, self.typed = page, {}
        return page

    def _sent(self, form: Node) -> list[tuple[str, str | File]]:
        name = form.attrs.get("id", "-")
        outside = [node for node in self.at.root.all(*CONTROLS) if node.attrs.get("form") == name]
        controls = [*form.all(*CONTROLS), *outside]
        return [pair for control in controls for pair in self._value(control, controls)]

    def _value(self, control: Node, controls: list[Node]) -> Iterator[tuple[str, str | File]]:
        name, kind = control.attrs.get("name", ""), control.attrs.get("type", "text")
        typed = self.typed.get(id(control))
        if not name or "disabled" in control.attrs or kind in NOT_SENT:
            return
        if control.tag == "input" and kind in {"radio", "checkbox"}:
            stands = typed is None and "checked" in control.attrs and not self._another(control, controls)
            if typed or stands:
                yield name, control.attrs.get("value", "on")
        elif kind == "file":
            yield name, typed if isinstance(typed, File) else File("", b"")
        elif control.tag == "select":
            for value in [typed] if isinstance(typed, str) else _selected(control):
                yield name, value
        else:
            shown = control.text if control.tag == "textarea" else control.attrs.get("value", "")
            yield name, typed if isinstance(typed, str | File) else shown

    def _another(self, control: Node, controls: list[Node]) -> bool:
        """Whether another choice of the same name has been pressed, or this one pressed away."""
        same = [c for c in controls if c.attrs.get("name") == control.attrs.get("name")]
        return control.attrs["type"] == "radio" and any(id(c) in self.typed for c in same)

    def _ask(self, method: str, address: str, body: bytes = b"", kind: str = "") -> Page:
        for _step in range(8):
            parts = urlsplit(urljoin(self.at.address, address))
            asked = quote(parts._replace(scheme="", netloc="", fragment="").geturl(), safe=SAFE)
            page = self._one(method, asked, body, kind)
            if page.status not in (301, 302, 303, 307, 308):
                return page
            address = page.headers["Location"]
            assert urlsplit(address).netloc in ("", self.host), f"{asked} leads to another host: {address}"
            self.at = page
            method, body, kind = "GET", b"", ""
        raise AssertionError(f"{address} leads on and on")

    def _one(self, method: str, asked: str, body: bytes, kind: str) -> Page:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Host": self.host, "Cookie": cookies, "Accept-Language": "sv", **self.headers}
        headers |= {"Referer": f"https://{self.host}{self.at.address}", "Content-Type": kind or FORM}
        connection = self.reach()
        try:
            connection.request(method, asked, body or None, headers)
            answer = connection.getresponse()
            page = Page(answer.status, asked, answer.headers, answer.read())
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _is, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
            if not value or "Max-Age=0" in line:
                del self.cookies[name]
        self.seen((method, asked, answer.status))
        return page


def _options(control: Node) -> list[tuple[str, str, bool]]:
    options = [(o, o.text) for o in control.all("option")]
    return [(o.attrs.get("value", text), text, "selected" in o.attrs) for o, text in options]


def _option(control: Node, words: str) -> str:
    options = sorted(_options(control), key=lambda option: option[1] != words)  # the same words first
    for value, text, _chosen in options:
        if text.startswith(words):
            return value
    raise AssertionError(f"no choice {words!r}: {[text for _value, text, _chosen in options]}")


def _selected(control: Node) -> list[str]:
    options = _options(control)
    chosen = [value for value, _text, chosen in options if chosen]
    return chosen if chosen or "multiple" in control.attrs else [value for value, *_rest in options[:1]]


def _multipart(sent: list[tuple[str, str | File]]) -> tuple[bytes, str]:
    boundary = secrets.token_hex(16)
    parts = b""
    for name, value in sent:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
        if isinstance(value, File):
            head += f'; filename="{value.name}"\r\nContent-Type: application/octet-stream'
        content = value.content if isinstance(value, File) else value.encode()
        parts += head.encode() + b"\r\n\r\n" + content + b"\r\n"
    return parts + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
