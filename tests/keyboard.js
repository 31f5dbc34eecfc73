/* What the crawl asks of a page about its keyboard: the order of focus, whether it shows, and what sends a form. */
"use strict";

window.keyboard = {
  stops: [],

  /* Each stop as it is reached: after the one before it, and with a ring or with colours of its own. */
  listen() {
    const some = "a, button, input, select, textarea, summary, [tabindex]";
    const plain = new Map([...document.querySelectorAll(some)].map((element) => [element, this.look(element)]));
    document.addEventListener("focusin", ({ target }) => {
      const before = this.stops.at(-1)?.target;
      const follows = !before || before === target || Boolean(before.compareDocumentPosition(target) & 4);
      const { outlineStyle, outlineWidth } = getComputedStyle(target);
      const ring = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
      const now = this.look(target);
      this.stops.push({ target, follows, seen: ring || now !== (plain.get(target) ?? now) });
    });
    document.activeElement.blur();
  },

  look(element) {
    const style = getComputedStyle(element);
    return [style.outlineStyle, style.boxShadow, style.backgroundColor, style.borderColor].join();
  },

  walked() {
    return this.stops.map(({ target, follows, seen }, n) => {
      const href = target.getAttribute("href") ?? "";
      return { name: `${n}: ${target.tagName}.${target.className}#${target.id} ${href}`, href, follows, seen };
    });
  },

  /* A positive tabindex would break the order further on than the walk goes. */
  outOfOrder: () =>
    [...document.querySelectorAll("[tabindex]")].filter((e) => e.tabIndex > 0).map((e) => e.outerHTML.slice(0, 120)),

  /* The forms in sight, each with the first button that the keyboard reaches: where each leads, and of which kinds of
     elements it is made. Nothing is really sent. */
  readyForms() {
    this.sent = [];
    const note = (event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.sent.push(event.target);
    };
    window.addEventListener("submit", note, true);
    const reached = (e) => e.type === "submit" && e.checkVisibility({ visibilityProperty: true }) && e.tabIndex >= 0;
    const typed = ":is(input, select, textarea, button):enabled:not([type=hidden])";
    const shown = (form) => [...form.elements].some((e) => e.matches(typed) && e.checkVisibility());
    /* That of the passkey is sent by a script, after the browser has asked for the key: it has a test of its own. */
    this.forms = [...document.forms].filter((form) => shown(form) && form.id !== "mfa_login");
    for (const form of this.forms) form.noValidate = true;
    this.senders = this.forms.map((form) => [...form.elements].find((e) => reached(e) && !e.disabled));
    const make = (form) => [form, ...form.elements].map((e) => kindsOnPage.get(e)).join();
    return this.forms.map((form) => [form.id, form.getAttribute("action") ?? location.pathname, make(form)].join());
  },

  focusSender(n) {
    this.sent = [];
    this.senders[n]?.focus();
  },

  isSent(n) {
    return this.sent.includes(this.forms[n]);
  },

  nameOf(n) {
    return this.forms[n].id || this.forms[n].getAttribute("action") || this.forms[n].className;
  },
};
