// A text input with a datalist becomes a combobox: letters that begin any word of a name, and Tab takes the first match.
const MOST = 8;

function plain(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

export function matches(text, names) {
  const starts = (name, wanted, fold) => [...name.matchAll(/[\p{L}\p{N}]+/gu)].some((word) => fold(name.slice(word.index)).startsWith(wanted));
  const lower = (name) => name.toLowerCase();
  const wanted = text.trim();
  if (!wanted) return [];
  const exact = names.filter((name) => starts(name, lower(wanted), lower));
  return exact.length ? exact : names.filter((name) => starts(name, plain(wanted), plain));
}

class Combobox {
  constructor(input, number) {
    this.input = input;
    this.names = [...input.list.options].map((option) => option.value);
    this.box = document.createElement("ul");
    Object.assign(this.box, { className: "combobox", id: `combobox-${number}`, hidden: true });
    this.box.setAttribute("role", "listbox");
    this.box.setAttribute("aria-label", input.labels[0]?.textContent.trim() || "");
    input.removeAttribute("list");
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.box.id })) input.setAttribute(name, value);
    input.after(this.box);
    this.active = 0;
    this.known = input.value;
    input.addEventListener("input", () => this.open());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.leave());
    this.box.addEventListener("mousedown", (event) => this.press(event));
  }

  open() {
    this.found = matches(this.input.value, this.names).slice(0, MOST);
    this.active = 0;
    this.draw();
  }

  draw() {
    this.box.replaceChildren(...this.found.map((name, index) => this.option(name, index)));
    this.box.hidden = this.found.length === 0;
    this.input.setAttribute("aria-expanded", String(!this.box.hidden));
    if (this.box.hidden) this.input.removeAttribute("aria-activedescendant");
    else this.input.setAttribute("aria-activedescendant", `${this.box.id}-${this.active}`);
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
    if (step) {
      event.preventDefault();
      if (this.box.hidden) this.found = this.input.value.trim() ? matches(this.input.value, this.names).slice(0, MOST) : this.names;
      else this.active = (this.active + step + this.found.length) % this.found.length;
      this.draw();
      this.box.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && !this.box.hidden && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.take(this.found[this.active]);
    } else if (event.key === "Escape" && !this.box.hidden) {
      event.preventDefault();
      this.close();
    } else if (!this.box.hidden && (event.key === "Tab" || event.key === "Enter")) this.take(this.found[this.active]);
  }

  press(event) {
    event.preventDefault(); // the input keeps the focus
    const index = [...this.box.children].indexOf(event.target.closest("li"));
    if (index >= 0) this.take(this.found[index]);
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
    if (!this.box.hidden) this.take(this.found[this.active]);
    else this.told();
  }

  told() {
    if (this.input.value === this.known) return;
    this.known = this.input.value;
    this.input.dispatchEvent(new Event("county", { bubbles: true }));
  }
}

let number = 0;
for (const input of document.querySelectorAll("input[data-combobox][list]")) new Combobox(input, (number += 1));
