// A text field with a list, and a choice of many rows, become a combobox: letters that begin any word of a name, Tab takes
// the first match, and a screen reader hears how many there are. Most used names come first (data-first, or the list's order).
// A choice keeps its <select>, hidden, with the value: what no list has goes along as typed, and the server says so.
const spoken = document.querySelector("[data-combobox-said]");
const PAUSE = 500; // milliseconds after the last key, so that the number is not said at each of them
let waiting = 0;

function speak(word, name) {
  if (!spoken) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const text = name === undefined ? spoken.dataset[word] : `${spoken.dataset[word]} ${name}`;
    spoken.textContent = spoken.textContent === text ? `${text}\u00a0` : text; // the same number twice is read twice
  }, PAUSE);
}

function plain(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

// Exactly what is typed, then the most used, then names that begin so, then those of which a later word does.
export function matches(text, names, usual = new Set()) {
  const starts = (name, wanted, fold) => [...name.matchAll(/[\p{L}\p{N}]+/gu)].some((word) => fold(name.slice(word.index)).startsWith(wanted));
  const lower = (name) => name.toLowerCase();
  const wanted = text.trim();
  if (!wanted) return [];
  const rank = (name) => plain(name) === plain(wanted) ? 0 : usual.has(name) ? 1 : plain(name).startsWith(plain(wanted)) ? 2 : 3;
  const exact = names.filter((name) => starts(name, lower(wanted), lower));
  const found = exact.length ? exact : names.filter((name) => starts(name, plain(wanted), plain));
  return found.sort((a, b) => rank(a) - rank(b));
}

let number = 0;

class Combobox {
  constructor(input, names, usual = new Set()) {
    Object.assign(this, { input, names, usual, found: [], active: 0 });
    this.box = document.createElement("ul");
    Object.assign(this.box, { className: "combobox", id: `combobox-${(number += 1)}`, hidden: true });
    this.box.setAttribute("role", "listbox");
    this.box.setAttribute("aria-label", input.labels[0]?.firstChild.textContent.trim() || input.getAttribute("aria-label") || "");
    for (const [name, value] of Object.entries({ role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.box.id })) input.setAttribute(name, value);
    input.after(this.box);
    this.known = input.value;
    input.addEventListener("input", () => this.open());
    input.addEventListener("click", () => this.box.hidden && this.all(this.names.indexOf(this.input.value)));
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.leave());
    input.form?.addEventListener("submit", () => this.leave(), true); // by Ctrl+Enter, with focus still here; before what reads it
    this.box.addEventListener("mousedown", (event) => this.press(event));
  }

  open() {
    this.found = matches(this.input.value, this.names, this.usual);
    this.active = 0;
    this.draw();
    if (!this.input.value.trim()) return;
    if (this.found.length) speak("hits", this.found.length);
    else speak("none");
  }

  // The whole list; with -1 none of it is chosen by leaving.
  all(active) {
    this.found = this.names;
    this.active = active;
    this.draw();
  }

  draw() {
    this.box.replaceChildren(...this.found.map((name, index) => this.option(name, index)));
    this.box.hidden = this.found.length === 0;
    this.input.setAttribute("aria-expanded", String(!this.box.hidden));
    if (this.box.hidden || this.active < 0) this.input.removeAttribute("aria-activedescendant");
    else this.input.setAttribute("aria-activedescendant", `${this.box.id}-${this.active}`);
    this.box.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }

  option(name, index) {
    const item = document.createElement("li");
    item.id = `${this.box.id}-${index}`;
    item.textContent = name;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", String(index === this.active));
    return item;
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !event.altKey) {
      event.preventDefault();
      if (this.box.hidden) return this.input.value.trim() && !this.names.includes(this.input.value) ? this.open() : this.all(Math.max(0, this.names.indexOf(this.input.value)));
      this.active = (Math.max(this.active, step < 0 ? 0 : -1) + step + this.found.length) % this.found.length;
      this.draw();
    } else if (event.key === "Enter" && !this.box.hidden && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.takeActive();
    } else if (event.key === "Escape" && !this.box.hidden) {
      event.preventDefault();
      event.stopPropagation(); // it closes the list, not the form around it
      this.close();
    } else if (!this.box.hidden && (event.key === "Tab" || event.key === "Enter")) this.takeActive();
  }

  press(event) {
    event.preventDefault(); // the input keeps the focus
    const index = [...this.box.children].indexOf(event.target.closest("li"));
    if (index >= 0) this.take(this.found[index]);
  }

  takeActive() {
    if (this.active >= 0) this.take(this.found[this.active]);
    else this.close();
  }

  take(name) {
    this.input.value = name;
    this.close();
    this.told();
  }

  close() {
    this.found = [];
    this.draw();
  }

  leave() {
    if (!this.box.hidden) this.takeActive();
    this.told();
  }

  told() {
    if (this.input.value === this.known) return;
    this.known = this.input.value;
    this.input.dispatchEvent(new Event("county", { bubbles: true }));
  }
}

const COPIED = ["aria-describedby", "aria-invalid", "aria-label", "required", "disabled", "form"];

// What was typed and is in no list, as a choice of its own: the form's next answer names it.
function asTyped(select, text) {
  for (const option of [...select.options]) if ("typed" in option.dataset) option.remove();
  if (!text) return;
  const option = new Option(text, text, true, true);
  option.dataset.typed = "";
  select.add(option);
}

class Choice extends Combobox {
  constructor(select) {
    const input = document.createElement("input");
    Object.assign(input, { type: "text", className: "form-select" });
    for (const name of COPIED) if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
    input.id = select.id;
    select.removeAttribute("id"); // its label, and links to what is wrong, mean the text field
    select.hidden = true;
    select.before(input);
    const options = [...select.options].filter((option) => option.value && !("typed" in option.dataset));
    const used = (select.dataset.first || "").split(" ").map((key) => options.find((option) => option.value === key)).filter(Boolean);
    const names = [...new Set([...used, ...options])].map((option) => option.text);
    super(input, names, new Set(used.map((option) => option.text)));
    this.select = select;
    select.addEventListener("county", () => this.show()); // a draft was put back
    window.addEventListener("pageshow", () => this.show());
    this.show();
  }

  show() {
    const chosen = this.select.selectedOptions[0];
    this.known = this.input.value = chosen?.value ? chosen.text : "";
  }

  told() {
    if (this.input.value === this.known) return;
    this.known = this.input.value;
    this.choose(this.input.value.trim());
    for (const kind of ["input", "change"]) this.select.dispatchEvent(new Event(kind, { bubbles: true }));
  }

  choose(text) {
    const option = [...this.select.options].find((one) => one.value && one.text === text && !("typed" in one.dataset));
    asTyped(this.select, option ? "" : text);
    if (option) option.selected = true;
    else if (!text) this.select.value = "";
    this.unread(Boolean(text) && !option);
  }

  unread(is) {
    if (is) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
  }
}

// Several values: those that are chosen stand before the field, each a button that takes it away.
class Several extends Choice {
  constructor(select) {
    super(select);
    this.list = Object.assign(document.createElement("ul"), { className: "chosen" });
    this.input.before(this.list);
    this.list.addEventListener("click", (event) => this.drop(event.target.closest("button")?.dataset.value));
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Backspace" && !this.input.value) this.drop(this.list.lastChild?.firstChild.dataset.value);
    });
    this.show();
  }

  show() {
    this.known = this.input.value = "";
    this.list?.replaceChildren(...[...this.select.selectedOptions].map((option) => this.chip(option)));
  }

  chip(option) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "chip", textContent: option.text });
    button.dataset.value = option.value;
    button.setAttribute("aria-label", `${option.text}: ${spoken?.dataset.drop || ""}`);
    const item = document.createElement("li");
    item.append(button);
    return item;
  }

  choose(text) {
    const chosen = [...this.select.selectedOptions].map((option) => option.value);
    super.choose(text);
    for (const option of this.select.options) if (chosen.includes(option.value)) option.selected = true;
    const known = text && this.names.includes(text);
    if (known) speak("added", text);
    if (known || !text) this.show();
  }

  drop(value) {
    const option = value && [...this.select.selectedOptions].find((one) => one.value === value);
    if (!option) return;
    option.selected = false;
    speak("dropped", option.text);
    this.show();
    this.input.focus();
    this.select.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

export function start(root = document) {
  for (const input of root.querySelectorAll("input[data-combobox][list]")) {
    const names = [...input.list.options].map((option) => option.value);
    const usual = [...input.list.options].filter((option) => "usual" in option.dataset).map((option) => option.value);
    input.removeAttribute("list");
    new Combobox(input, names, new Set(usual));
  }
  for (const select of root.querySelectorAll("select[data-combobox]:not([hidden])")) select.multiple ? new Several(select) : new Choice(select);
}

start();
document.addEventListener("htmx:afterSwap", (event) => start(event.target));
