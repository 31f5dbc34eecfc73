// Toggle groups: one tab stop, arrows move, keys 1–9 and 0 choose. Keys work only while focus is in the group (WCAG 2.1.4).
const MOVES = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

function choices(group) {
  return [...group.querySelectorAll("input")].filter((input) => !input.disabled && !input.closest("[hidden]"));
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

function choose(event, inputs) {
  const input = inputs[(Number(event.key) + 9) % 10];
  if (!input) return;
  event.preventDefault();
  input.click();
  if (input.type === "checkbox") rove(inputs, input);
  input.focus();
}

function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || !event.target.matches("input")) return;
  const inputs = choices(event.currentTarget);
  if (event.key in MOVES) move(event, inputs, MOVES[event.key]);
  else if (/^[0-9]$/.test(event.key)) choose(event, inputs);
}

export function start(root = document) {
  for (const group of root.querySelectorAll("[data-toggles]:not([data-ready])")) {
    group.dataset.ready = "yes";
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
