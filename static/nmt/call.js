// The call page: who is on duty, what opens and closes with the answers, the clock, and earlier calls.
import { fieldIn } from "./focus.js";

const form = document.querySelector("form[data-call]");
const field = (name) => form.elements.namedItem(name);
const chosen = (name) => [...form.querySelectorAll(`input[name="${name}"]:checked`)].map((input) => input.value);

async function show(target, url) {
  try {
    const response = await fetch(url, { credentials: "same-origin" });
    if (response.ok && !response.redirected) target.innerHTML = await response.text();
  } catch {
    // no contact: what is shown stays
  }
}

// --- the coordinator on duty
const duty = document.getElementById("duty");
const CODES = new Map([...document.querySelectorAll("#counties option")].map((option) => [option.value, option.dataset.code]));

async function onCounty(event) {
  if (!duty || event.target.name !== "caller_county") return;
  await show(duty, `${duty.dataset.url}?caller_county=${encodeURIComponent(CODES.get(event.target.value) || "")}`);
  const line = form.querySelector("[data-duty-line]");
  const said = [...duty.querySelectorAll(".name, .phone, .notice")].slice(0, 2);
  line.replaceChildren(...said.flatMap((part) => [...part.cloneNode(true).childNodes, " "]));
  duty.classList.toggle("has-inline", said.length > 0);
}
document.addEventListener("county", onCounty);

// --- what the answers open and close
const aboutPerson = () => chosen("topics").some((key) => key === "topic:person" || key === "topic:child");
const aboutChild = () => chosen("topics").includes("topic:child") || Number(field("girls").value) + Number(field("boys").value) > 0;

function react() {
  const purposes = form.querySelector("[data-purposes]");
  const open = aboutPerson() || aboutChild() || chosen("purposes").length > 0;
  purposes.classList.toggle("open", open);
  const reminder = document.querySelector("[data-child]");
  if (reminder) reminder.hidden = !aboutChild();
  const missing = chosen("consent").includes("missing");
  field("note").disabled = missing;
  const toCase = form.querySelector("[data-case]");
  const children = Number(field("girls").value) + Number(field("boys").value) > 0;
  const refused = missing && toCase && toCase.dataset.case !== "facts" && !(children && toCase.dataset.case === "children");
  if (toCase) toCase.disabled = refused;
  const noCase = form.querySelector("[data-no-case]");
  if (noCase) noCase.hidden = !refused;
  form.querySelector("[data-no-note]").hidden = !missing;
  const help = document.getElementById("id_note_helptext");
  if (help) help.hidden = missing; // so that the sentence takes no more room, and is seen without scrolling
  if (chosen("outcomes").includes("outcome:feedback")) form.querySelector("[data-more]").open = true;
}
form.addEventListener("input", react);
react();

// Enter in a field is no sending, which Ctrl+Enter and the buttons are: it leads to the next question, past the rest of this one.
const question = (field) => field.closest("[data-toggles], .counts") || field.closest(".field");
const reached = (field) => !field.disabled && field.tabIndex >= 0 && field.type !== "hidden" && field.getClientRects().length > 0;

function next(field) {
  const fields = [...form.elements].filter((one) => one.matches("input, select, textarea") && !one.closest("[data-earlier]"));
  const after = fields.slice(fields.indexOf(field) + 1).find((one) => reached(one) && question(one) !== question(field));
  return fieldIn(after && after.type === "radio" ? question(after) : after);
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
  if (event.target.form !== form || !event.target.matches("input, select")) return;
  event.preventDefault();
  const earlier = event.target.closest("[data-earlier]");
  if (earlier) earlier.querySelector("button").click();
  else next(event.target)?.focus();
});

// --- earlier calls
const earlier = document.querySelector("[data-earlier]");
earlier?.addEventListener("click", (event) => {
  if (!event.target.closest("button")) return;
  event.preventDefault();
  const query = new URLSearchParams();
  for (const name of ["earlier_on", "earlier_county", "earlier_mine"]) {
    const input = field(name);
    if (input.type !== "checkbox" || input.checked) query.set(name, input.value);
  }
  show(document.getElementById("earlier"), `${earlier.dataset.earlier}?${query}`);
});
earlier?.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  earlier.open = false;
  earlier.querySelector("summary").focus();
});

// --- the clock: minutes are filled in on each sending, until somebody types them or says that the call came at another
// time. When it began, and when it was stopped, goes with the form.
const timer = document.querySelector("[data-timer]");
const stop = document.querySelector("[data-timer-stop]");
const stamp = (moment) => new Date(moment).toISOString().slice(0, 19);
const moment = (name) => Date.parse(`${field(name).value}Z`) || 0;
const seconds = () => Math.max(0, Math.floor(((moment("clock_stopped") || Date.now()) - moment("clock_began")) / 1000));

function tick() {
  const two = (number) => String(number).padStart(2, "0");
  timer.textContent = `${two(Math.floor(seconds() / 60))}:${two(seconds() % 60)}`;
  const other = moment("clock_stopped") ? stop.dataset.again : stop.dataset.stop;
  if (stop.textContent !== other) stop.textContent = other;
}

if (timer) {
  const received = field("received_at").value;
  stop.dataset.stop = stop.textContent;
  if (!moment("clock_began")) field("clock_began").value = stamp(Date.now());
  timer.hidden = stop.hidden = false;
  tick();
  setInterval(tick, 1000);
  stop.addEventListener("click", () => {
    const stopped = moment("clock_stopped");
    if (stopped) field("clock_began").value = stamp(moment("clock_began") + Date.now() - stopped);
    field("clock_stopped").value = stopped ? "" : stamp(Date.now());
    tick();
  });
  field("minutes").addEventListener("input", () => { field("clock_off").value = field("minutes").value ? "1" : ""; });
  form.addEventListener("submit", () => {
    if (field("received_at").value !== received) field("clock_off").value = "1";
    if (!field("clock_off").value) field("minutes").value = String(Math.max(1, Math.round(seconds() / 60)));
  });
}

// --- what is asked or wrong has focus; else the first answer
if (timer && !document.querySelector(".error-summary, .flash")) form.querySelector('input[name="caller_group"]').focus();
