// A day or month may be typed in any way that has one meaning; what is understood is shown under the field, as
// cases/rules/typed_dates.py reads it, and a calendar opens beside it (Alt+↓ in the field).
const MONTHS = ["januari january jan", "februari february feb febr", "mars march mar", "april apr", "maj may", "juni june jun", "juli july jul", "augusti august aug", "september sept sep", "oktober october okt oct", "november nov", "december dec"].map((names) => names.split(" "));
const D = "(?<day>\\d{1,2})", M = "(?<month>\\d{1,2})", Y = "(?<year>\\d{4})", WORD = "(?<word>[a-z]{3,9})\\.?";
const whole = (pattern) => new RegExp(`^(?:${pattern})$`);
const DAYS = [`${Y}(?<part>[-./ ])${M}\\k<part>${D}`, "(?<year>\\d{4})(?<month>\\d{2})(?<day>\\d{2})", `${D} ?/ ?${M}(?: ?- ?| )(?<year>\\d{4}|\\d{2})`, `${D}\\. ?${M}\\. ?${Y}`, `(?:den )?${D}\\.?(?::?e)?[ -]?${WORD}[ -]?,? ?${Y}`].map(whole);
const DAY_FIRST = whole(`${D}(?<part>[-/])${M}\\k<part>${Y}`);
const OF_MONTH = [`${Y}(?<part>[-./ ])${M}(?:\\k<part>(?<day>0?1))?`, "(?<year>\\d{4})(?<month>\\d{2})", `${M}[-./ ]${Y}`, `${WORD}[ -]?${Y}`, `${Y}[ -]?${WORD}`].map(whole);

const plain = (text) => text.trim().replace(/[\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g, "-").replace(/[ T]00:00(?::00(?:\.0+)?)?Z?/g, "").toLowerCase().split(/\s+/).join(" ");

function calendar({ year, month, word, day = "1" }) {
  const number = Number(month) || MONTHS.findIndex((names) => names.includes(word)) + 1;
  const whole = Number(year) + (year.length > 2 ? 0 : 2000);
  const read = new Date(Date.UTC(whole, number - 1, Number(day)));
  if (!number || whole < 1 || read.getUTCMonth() !== number - 1 || read.getUTCDate() !== Number(day)) return "";
  return read.toISOString().slice(0, 10);
}

// Year-month-day of what is typed, "" where it is no day. Of a month its first day.
export function read(typed, kind = "day") {
  const text = plain(typed);
  for (const pattern of kind === "month" ? OF_MONTH : DAYS) {
    const found = pattern.exec(text);
    if (found) return calendar(found.groups);
  }
  const first = kind === "day" && DAY_FIRST.exec(text);
  return first && Number(first.groups.day) > 12 ? calendar(first.groups) : "";
}

const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang || "sv";
const said = (iso, kind) => new Intl.DateTimeFormat(language, { timeZone: "UTC", year: "numeric", month: "long", ...(kind === "month" ? {} : { day: "numeric" }) }).format(new Date(`${iso}T00:00Z`));

class Day {
  constructor(input, word) {
    this.input = input;
    this.kind = input.dataset.day;
    this.place = Object.assign(document.createElement("span"), { className: "day-field" });
    this.picker = Object.assign(document.createElement("input"), { type: "date", tabIndex: -1, className: "day-picker" });
    this.picker.setAttribute("aria-hidden", "true");
    this.button = Object.assign(document.createElement("button"), { type: "button", tabIndex: -1, className: "day-button", title: `${word} (Alt ↓)`, ariaLabel: word });
    this.shown = Object.assign(document.createElement("span"), { className: "day-read" });
    this.shown.setAttribute("role", "status");
    input.replaceWith(this.place);
    this.place.append(input, this.picker, this.button, this.shown);
    this.button.disabled = this.picker.disabled = input.disabled;
    this.button.addEventListener("click", () => this.open());
    this.picker.addEventListener("change", () => this.take());
    this.picker.addEventListener("input", (event) => event.stopPropagation());
    input.addEventListener("change", () => this.show());
    input.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown" || !event.altKey) return;
      event.preventDefault();
      this.open();
    });
    this.show();
  }

  show() {
    const iso = read(this.input.value, this.kind);
    const asRead = this.kind === "month" ? iso.slice(0, 7) : iso;
    this.shown.textContent = iso && asRead !== this.input.value.trim() ? `= ${said(iso, this.kind)}` : "";
  }

  open() {
    this.picker.value = read(this.input.value, this.kind);
    try {
      this.picker.showPicker();
    } catch {
      this.input.focus(); // a browser without one
    }
  }

  take() {
    if (!this.picker.value) return;
    this.input.value = this.kind === "month" ? this.picker.value.slice(0, 7) : this.picker.value;
    for (const kind of ["input", "change"]) this.input.dispatchEvent(new Event(kind, { bubbles: true }));
    this.input.focus();
  }
}

export function start(root = document) {
  const word = document.querySelector("[data-calendar]")?.dataset.calendar;
  if (!word) return;
  for (const input of root.querySelectorAll("input[data-day]")) {
    if (!input.closest(".day-field")) new Day(input, word);
  }
}

start();
document.addEventListener("htmx:afterSwap", (event) => start(event.target));
