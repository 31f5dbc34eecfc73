// The grid of persons: Enter goes down a column, Ctrl+D copies the cell above, rows that differ from the template are marked.
import { answerFor } from "./ages.js";

const table = document.querySelector("[data-grid]");
const rows = [...table.tBodies[0].rows];
const status = document.querySelector("[data-grid-status]");
const first = new Map();

const cells = (row) => [...row.querySelectorAll("[data-column]")];
const cell = (row, column) => row?.querySelector(`[data-column="${column}"]`);

function mark(row) {
  const changed = cells(row).some((input) => input.value !== first.get(input));
  row.querySelector(".row-number").classList.toggle("changed", changed);
  row.dataset.changed = changed ? "yes" : "";
}

function tell() {
  const changed = rows.filter((row) => row.dataset.changed).length;
  status.textContent = changed ? `${status.dataset.changed} ${changed}` : "";
}

function changed(input) {
  const row = input.closest("tr");
  const answer = input.dataset.column === "age_class" && answerFor(input.value);
  if (answer) cell(row, "child").value = answer;
  mark(row);
  tell();
  row.querySelector(".row-open").textContent = inWords(row);
}

// On a phone a row is a person in a list, and one opens at a time.
const headings = [...table.tHead.rows[0].cells].map((heading) => heading.textContent.trim());

function inWords(row) {
  const said = cells(row).map((input) => (input.options ? input.selectedOptions[0]?.textContent : input.value) || "");
  return said.map((word) => word.trim()).filter((word) => word && word !== "–").slice(0, 4).join(" · ") || "–";
}

function show(row) {
  for (const other of rows) {
    const open = other === row || (!row && other.classList.contains("is-invalid"));
    other.classList.toggle("closed", !open);
    other.querySelector(".row-open").setAttribute("aria-expanded", String(open));
    other.querySelector(".row-open").textContent = inWords(other);
  }
}

table.classList.add("one-open");
for (const row of rows) {
  const opener = Object.assign(document.createElement("button"), { type: "button", className: "link-button row-open" });
  opener.addEventListener("click", () => show(row.classList.contains("closed") ? row : undefined));
  row.cells[0].append(opener);
  [...row.cells].forEach((place, column) => column && (place.dataset.label = headings[column]));
}
show(document.querySelector(".error-summary") ? undefined : rows[0]);

function go(input) {
  if (!input) return;
  if (input.closest("tr").classList.contains("closed")) show(input.closest("tr"));
  input.focus();
}

function neighbour(input, step) {
  return cell(rows[rows.indexOf(input.closest("tr")) + step], input.dataset.column);
}

function onKey(event) {
  const input = event.target.closest("[data-column]");
  if (!input || event.altKey || event.isComposing) return;
  const control = event.ctrlKey || event.metaKey;
  if (event.key === "Enter" && !control) {
    event.preventDefault();
    go(neighbour(input, event.shiftKey ? -1 : 1));
  } else if (event.key.toLowerCase() === "d" && control) {
    event.preventDefault();
    const above = neighbour(input, -1);
    if (!above) return;
    input.value = above.value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

for (const row of rows) for (const input of cells(row)) first.set(input, input.value);
table.addEventListener("keydown", onKey);
table.addEventListener("input", (event) => changed(event.target));
if (!document.querySelector(".error-summary")) cells(rows[0])[0].focus({ preventScroll: true }); // it came by a saving
