// Warns before the session ends, and keeps the page when it has: sign in again in another tab, and save here.
const dialog = document.getElementById("timeout");
const BACKGROUND = { "X-Background": "1" };
const CHECK = 20_000;

async function ask(url, options = {}) {
  const response = await fetch(url, { credentials: "same-origin", ...options, headers: { ...BACKGROUND, ...options.headers } });
  return response.json();
}

function show(part) {
  for (const name of ["warning", "ended", "other"]) {
    for (const element of dialog.querySelectorAll(`[data-${name}]`)) element.hidden = name !== part && !(part === "other" && name === "ended");
  }
  if (!dialog.open) dialog.showModal();
}

function warn(left) {
  const minutes = String(Math.max(1, Math.ceil(left / 60)));
  const shown = dialog.querySelector("[data-minutes]");
  if (shown.textContent !== minutes) {
    shown.textContent = minutes;
    dialog.querySelector("[data-announce]").textContent = dialog.querySelector("#timeout-title").textContent;
  }
  show("warning");
  dialog.querySelector("[data-stay]").focus();
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
  else if (state.left <= (Number(dialog.dataset.end) - Number(dialog.dataset.warn)) * 60) warn(state.left);
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

let lastSure = Date.now();
let endsAt = lastSure + Number(dialog?.dataset.end) * 60_000;
if (dialog) {
  dialog.querySelector("[data-stay]").addEventListener("click", stay);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    if (!dialog.querySelector("[data-stay]").hidden) stay();
  });
  document.addEventListener("submit", beforeSending, { capture: true });
  setInterval(check, CHECK);
  window.addEventListener("focus", check);
}
