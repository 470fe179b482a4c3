"""A page as somebody with a mouse sees it: its text, links and buttons, and the forms behind them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"input", "br", "img", "meta", "link", "hr", "use", "path", "source"}


@dataclass
class Form:
    """Where a form goes and what it carries; a browser sends radios and boxes only when they are chosen."""

    action: str = ""
    values: dict[str, str] = field(default_factory=dict)


@dataclass
class Thing:
    """Something to click: a link, a button, a summary, or a choice by its label."""

    kind: str
    text: str = ""
    href: str = ""
    form: Form | None = None
    name: str = ""
    value: str = ""


class Page(HTMLParser):
    """What a page offers."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.forms: dict[str, Form] = {}
        self.things: list[Thing] = []
        self.words: list[str] = []
        self._form: Form | None = None
        self._open: list[tuple[str, Thing | None]] = []
        self._area: str = ""
        self._select: str = ""
        self._quiet = 0
        self._owners = dict(re.findall(r'<form[^>]*\bid="([^"]+)"[^>]*\baction="([^"]+)"', source))
        self.feed(source)

    @property
    def text(self) -> str:
        """All that is written there, without spaces (they carry no meaning in Chinese)."""
        return re.sub(r"\s+", "", "".join(self.words))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("script", "style", "template"):
            self._quiet += 1
        if tag == "form":
            self._form = self._form_at(given.get("id", ""), given.get("action", ""))
        form = self._form_at(given["form"]) if "form" in given else self._form
        if tag == "input" and form is not None and given.get("type") not in ("radio", "checkbox", "file", "submit"):
            form.values[given.get("name", "")] = given.get("value", "")
        if tag == "input" and form is not None and given.get("type") in ("radio", "checkbox") and "checked" in given:
            form.values[given["name"]] = given.get("value", "on")
        if tag == "textarea" and form is not None:
            self._area = given.get("name", "")
            form.values[self._area] = ""
        thing = None
        if tag in ("a", "button", "summary"):
            wanted = given.get("formaction") or ""
            thing = Thing(tag, href=given.get("href", wanted), form=form, name=given.get("name", ""))
            thing.value = given.get("value", "")
            self.things.append(thing)
        if tag not in VOID:
            self._open.append((tag, thing))

    def _form_at(self, key: str, action: str = "") -> Form:
        name = key or f"form {len(self.forms)}"
        form = self.forms.setdefault(name, Form(self._owners.get(key, action)))
        form.action = action or form.action
        return form

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "template"):
            self._quiet -= 1
        if tag == "form":
            self._form = None
        if tag == "textarea":
            self._area = ""
        if any(opened == tag for opened, _ in self._open):
            while self._open.pop()[0] != tag:
                continue

    def handle_data(self, data: str) -> None:
        if self._quiet:
            return
        self.words.append(data)
        for _, thing in self._open:
            if thing is not None:
                thing.text += data

    def find(self, label: str, beside: str = "") -> Thing:
        """What carries this label, in the row of `beside` when one is named. A button goes before
        a link of the same name (signing in). Fails with what there is."""
        wanted = re.sub(r"\s+", "", label)
        offered = [(re.sub(r"\s+", "", thing.text), thing) for thing in self.things]
        exact = [t for text, t in offered if text == wanted or text.startswith(f"{wanted}：")]
        found = [t for t in exact if beside in t.text] if beside else exact
        found = found or [t for text, t in offered if text.startswith(wanted)]
        assert found, f"no link or button “{label}”; there are: {[text for text, _ in offered]}"
        return min(found, key=lambda thing: thing.kind != "button")
