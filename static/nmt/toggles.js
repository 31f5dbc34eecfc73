// Toggle groups: one tab stop, arrows move, keys 1–9 and 0 choose. Keys work only while focus is in the group (WCAG 2.1.4).
// A <details> among the choices takes the key after them, and opens the rest of a long list.
const MOVES = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

function choices(group) {
  return [...group.querySelectorAll("input")].filter((input) => !input.disabled && !input.closest("[hidden], details:not([open])"));
}

function keyed(group) {
  const open = (item) => !item.disabled && !item.closest("[hidden]");
  return [...group.querySelectorAll("input, summary")].filter((item) => open(item) && (item.tagName === "SUMMARY" || !item.closest("details")));
}

function rove(inputs, current) {
  for (const input of inputs) input.tabIndex = input === current ? 0 : -1;
}

function move(event, inputs, step) {
  // Radios move by themselves, and choose as they go.
  if (event.target.type !== "checkbox") return;
  event.preventDefault();
  const next = inputs[(inputs.indexOf(event.target) + step + inputs.length) % inputs.length];
  rove(inputs, next);
  next.focus();
}

function openRest(summary) {
  summary.parentElement.open = true;
  const rest = [...summary.parentElement.querySelectorAll("input")];
  (rest.find((input) => input.checked) || rest[0]).focus();
}

function choose(event, group) {
  const item = keyed(group)[(Number(event.key) + 9) % 10];
  if (!item) return;
  event.preventDefault();
  if (item.tagName === "SUMMARY") return openRest(item);
  item.click();
  if (item.type === "checkbox") rove(choices(group), item);
  item.focus();
}

function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || !event.target.matches("input, summary")) return;
  if (event.key in MOVES) move(event, choices(event.currentTarget), MOVES[event.key]);
  else if (/^[0-9]$/.test(event.key)) choose(event, event.currentTarget);
}

export function start(root = document) {
  for (const group of root.querySelectorAll("[data-toggles]:not([data-ready])")) {
    group.dataset.ready = "yes";
    for (const summary of group.querySelectorAll("summary")) summary.tabIndex = -1;
    const boxes = choices(group).filter((input) => input.type === "checkbox");
    if (boxes.length) rove(boxes, boxes.find((box) => box.checked) || boxes[0]);
    group.addEventListener("keydown", onKey);
    group.addEventListener("focusin", (event) => {
      if (event.target.type === "checkbox") rove(choices(group), event.target);
    });
  }
}

start();
document.addEventListener("htmx:afterSwap", (event) => start(event.target));
