// Warns before the session ends, and keeps the page when it has: sign in again in another tab, and save here.
const dialog = document.getElementById("timeout");
const BACKGROUND = { "X-Background": "1" };
const CHECK = 20_000;

async function ask(url, options = {}) {
  const response = await fetch(url, { credentials: "same-origin", ...options, headers: { ...BACKGROUND, ...options.headers } });
  return response.json();
}

function show(part) {
  const parts = part === "other" ? ["other", "ended"] : [part];
  for (const element of dialog.querySelectorAll("[data-warning], [data-whole], [data-ended], [data-other]"))
    element.hidden = !parts.some((name) => name in element.dataset);
  if (!dialog.open) dialog.showModal();
}

function say(left, part, button) {
  const minutes = String(Math.max(1, Math.ceil(left / 60)));
  const title = dialog.querySelector(`h2[data-${part}]`);
  const shown = title.querySelector("[data-minutes]");
  if (shown.textContent !== minutes) {
    shown.textContent = minutes;
    dialog.querySelector("[data-announce]").textContent = title.textContent;
  }
  show(part);
  dialog.querySelector(button).focus();
}

// Told twice: a quarter of an hour and two minutes before nothing can make the session longer.
function whole(left) {
  if (!dialog.open) toldAt = left;
  say(left, "whole", "[data-seen]");
}

function refresh(token) {
  for (const input of document.querySelectorAll('input[name="csrfmiddlewaretoken"]')) input.value = token;
}

export async function check() {
  let state;
  try {
    state = await ask(dialog.dataset.session);
  } catch {
    return null; // no contact: the next check tells
  }
  if (state.user !== dialog.dataset.user) lastSure = 0; // nothing is sent before this is sure again
  if (!state.user) show("ended");
  else if (state.user !== dialog.dataset.user) show("other");
  else if (state.left < state.whole && state.left <= (Number(dialog.dataset.end) - Number(dialog.dataset.warn)) * 60)
    say(state.left, "warning", "[data-stay]");
  else if (state.whole <= 900 && (dialog.open || toldAt > 900 || (state.whole <= 120 && toldAt > 120))) whole(state.whole);
  else {
    lastSure = Date.now();
    endsAt = lastSure + state.left * 1000;
    refresh(state.token);
    if (dialog.open) dialog.close();
  }
  return state;
}

async function stay() {
  const token = dialog.querySelector('input[name="csrfmiddlewaretoken"]').value;
  const state = await ask(dialog.dataset.renew, { method: "POST", headers: { "X-CSRFToken": token } });
  if (state.user) dialog.close();
  else show("ended");
}

// Before a form is sent: a session that has ended must not swallow what was written.
async function beforeSending(event) {
  const form = event.target;
  if (form.method !== "post" || form.dataset.checked || event.defaultPrevented || form.closest("dialog")) return;
  if (!document.hidden && Date.now() - lastSure < CHECK && Date.now() < endsAt) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const state = await check();
  if (state && state.user !== dialog.dataset.user) return;
  form.dataset.checked = "yes";
  form.requestSubmit(event.submitter);
  delete form.dataset.checked;
}

let toldAt = Infinity;
let lastSure = Date.now();
let endsAt = lastSure + Number(dialog?.dataset.end) * 60_000;
if (dialog) {
  dialog.querySelector("[data-stay]").addEventListener("click", stay);
  dialog.querySelector("[data-seen]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    if (!dialog.querySelector("[data-stay]").hidden) stay();
    if (!dialog.querySelector("[data-seen]").hidden) dialog.close();
  });
  document.addEventListener("submit", beforeSending, { capture: true });
  setInterval(check, CHECK);
  window.addEventListener("focus", check);
}
