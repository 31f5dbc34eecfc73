// Where focus goes: to what is asked, into the first field that is wrong, else into the first field of a page that is for
// filling in. F8 leads to the next field that is wrong, Shift+F8 to the one before.
const FIELDS = "input:not([type=hidden]), select, textarea";
const seen = (field) => !field.disabled && field.getClientRects().length > 0;

function chosenOf(field) {
  if (field?.type !== "radio") return field;
  return [...document.getElementsByName(field.name)].find((radio) => radio.checked && radio.form === field.form) || field;
}

// The field that `place` is, or the first in it that can be filled in.
export function fieldIn(place) {
  const closed = place?.closest("details:not([open])");
  if (closed) closed.open = true;
  if (!place || place.matches(FIELDS)) return place;
  return chosenOf([...place.querySelectorAll(FIELDS)].find(seen));
}

const named = (link) => document.getElementById(decodeURIComponent(new URL(link.href).hash.slice(1)));
const summary = (root) => root.querySelector(".error-summary");

// A list of errors of which one has no field is read itself.
function wrongIn(root) {
  const items = [...(summary(root)?.querySelectorAll("li") || [])];
  const fields = items.map((item) => item.querySelector('a[href^="#"]')).map((link) => link && fieldIn(named(link)));
  return { items, fields: [...new Set(fields.filter(Boolean))], all: items.length > 0 && fields.every(Boolean) };
}

// Whether focus has found its place in `root`.
export function lead(root = document) {
  const asked = root.querySelector(".notice-warn.flash");
  const { items, fields, all } = wrongIn(root);
  if (asked || (items.length && !all)) (asked || summary(root)).focus();
  else if (fields.length) {
    const described = (fields[0].getAttribute("aria-describedby") || "").split(" ").filter(Boolean);
    fields[0].setAttribute("aria-describedby", [...new Set([...described, "error-summary-title"])].join(" ")); // how many there are
    fields[0].focus();
  } else return false;
  return true;
}

export function onArrival() {
  if (lead()) return;
  const flash = document.querySelector(".flash");
  if (flash) return flash.focus();
  if (document.activeElement !== document.body || document.querySelector("[autofocus]")) return;
  const first = matchMedia("(hover: hover)").matches && document.querySelector("main form[data-fill]"); // not on a phone, whose keys would cover the page
  const field = fieldIn(first || undefined);
  field?.focus({ preventScroll: true });
  if (field?.matches("input")) field.select(); // as Tab does: what is typed next takes its place
}

// What is typed into a number takes the place of what stands there, however the field was reached. A click puts the
// cursor after focus has come, so the first one selects again.
export function selectNumber({ target }) {
  if (!target.matches?.("input[type=number]")) return;
  target.select();
  target.addEventListener("click", () => target.select(), { once: true });
}

// A link to what is missing leads into its field, when the browser has gone there.
export function atPlace() {
  const place = /^#(div_)?id_/.test(location.hash) && document.getElementById(location.hash.slice(1));
  if (place) setTimeout(() => lead() || fieldIn(place)?.focus(), 0);
}

// What F8 means, and a press on a line of the list of errors.
export function goOn(event) {
  if (event.key !== "F8" || event.ctrlKey || event.altKey || event.metaKey) return;
  const { fields } = wrongIn(document);
  if (!fields.length) return;
  event.preventDefault();
  const here = fields.findIndex((field) => field === document.activeElement || (field.name && field.name === document.activeElement.name));
  fields[(here < 0 ? 0 : here + (event.shiftKey ? fields.length - 1 : 1)) % fields.length].focus();
}

export function follow(event) {
  const link = event.target.closest('.error-summary a[href^="#"]');
  const field = link && fieldIn(named(link));
  if (!field) return;
  event.preventDefault();
  field.focus();
}
