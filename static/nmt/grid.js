// The grid of persons: Enter goes down a column, Ctrl+D copies the cell above, Ctrl+Shift+D fills all below, cells of a
// spreadsheet are pasted, a beginning becomes its word, rows that differ from what they were are marked.
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
  input.select?.(); // as Tab does: what is typed next takes its place
}

function neighbour(input, step) {
  return cell(rows[rows.indexOf(input.closest("tr")) + step], input.dataset.column);
}

// What is typed or pasted becomes the first word of the list that begins so; "" where none does.
const folded = (text) => text.normalize("NFKD").toLowerCase().replace(/[^\p{L}\p{N}+]/gu, "");
const words = (input) => [...(input.options || input.list?.options || [])].map((option) => [option.value, option.text || option.value]);

function meant(input, typed) {
  const text = folded(typed);
  if (!text) return "";
  const named = words(input).map(([value, word]) => [value, [folded(word), folded(value)]]);
  const hit = named.find(([, names]) => names.includes(text)) || named.find(([, names]) => names[0].startsWith(text));
  return hit?.[0];
}

function complete(input) {
  if (!input.list || !input.value) return;
  const word = meant(input, input.value);
  if (word && word !== input.value) set(input, word);
}

function set(input, value) {
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

// Rows × columns from a spreadsheet, from the cell that has focus to the right and down. A word of no list stays unread.
function onPaste(event) {
  const start = event.target.closest("[data-column]");
  const text = event.clipboardData.getData("text").replace(/\r?\n$/, "");
  if (!start || (!/[\t\n]/.test(text) && !start.options)) return;
  event.preventDefault();
  const top = rows.indexOf(start.closest("tr"));
  const left = cells(rows[top]).indexOf(start);
  let unread = 0;
  text.split(/\r?\n/).forEach((line, down) => line.split("\t").forEach((typed, right) => {
    const input = rows[top + down] && cells(rows[top + down])[left + right];
    if (!input) unread += typed.trim() ? 1 : 0;
    else if (!words(input).length) set(input, typed.trim());
    else if (meant(input, typed) === undefined) unread += 1;
    else set(input, meant(input, typed));
  }));
  if (unread) status.textContent = `${status.textContent} ${status.dataset.unread} ${unread}`;
}

function onKey(event) {
  const input = event.target.closest("[data-column]");
  if (!input || event.altKey || event.isComposing) return;
  const control = event.ctrlKey || event.metaKey;
  if (control || event.key === "Enter") complete(input);
  if (event.key === "Enter" && !control) {
    event.preventDefault();
    go(neighbour(input, event.shiftKey ? -1 : 1));
  } else if (event.key.toLowerCase() === "d" && control) {
    event.preventDefault();
    const [above, below] = [neighbour(input, -1), rows.slice(rows.indexOf(input.closest("tr")) + 1)];
    if (event.shiftKey) for (const row of below) set(cell(row, input.dataset.column), input.value);
    else if (above) set(input, above.value);
  }
}

for (const row of rows) for (const input of cells(row)) first.set(input, input.value);
table.addEventListener("keydown", onKey);
table.addEventListener("input", (event) => changed(event.target));
table.addEventListener("change", (event) => complete(event.target));
table.addEventListener("paste", onPaste);
if (!document.querySelector(".error-summary")) cells(rows[0])[0].focus({ preventScroll: true }); // it came by a saving
