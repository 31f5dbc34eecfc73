// One sending of a form, Ctrl+Enter to save, a question before what is written is left.
import { atPlace, follow, goOn, onArrival, selectNumber } from "./focus.js";

const SAVING = document.body.dataset.saving;

// The server's sentences, in the page's language and collected at the top, replace the browser's bubbles.
for (const form of document.querySelectorAll('form[method="post"]')) form.noValidate = true;

function lock(form, button) {
  form.dataset.sent = "yes";
  if (!button || button.matches(".link-button, [data-keep]")) return;
  button.dataset.text = button.innerHTML;
  button.textContent = SAVING;
  button.setAttribute("aria-disabled", "true");
}

function unlock(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[data-text]")) {
    button.innerHTML = button.dataset.text;
    button.removeAttribute("aria-disabled");
    delete button.dataset.text;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  dirty.delete(form);
  // After the browser has read the form: the pressed button's name and value must go along.
  setTimeout(() => lock(form, event.submitter), 0);
});

// A page that comes back out of the browser's cache must be sendable again.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(unlock);
});

// After Back the page comes anew, with a new token. Asked by the token that stood here before, the server leads on to what the
// form has made; where it has made nothing, the form is shown.
const token = document.querySelector("form[data-draft][autocomplete=off] [name=form_token]")?.value;
const before = history.state?.form_token;
if (token && before && before !== token) {
  const address = new URL(location.href);
  address.searchParams.set("form_token", before);
  location.replace(address);
} else if (token) {
  history.replaceState({ ...history.state, form_token: token }, "");
}

// An action that is not open now keeps its place and says why beside it.
document.addEventListener("click", (event) => {
  if (event.target.closest('[aria-disabled="true"]')) event.preventDefault();
});

// A field may stand outside its form, and belong to it by name.
const formOf = (element) => element.form || element.closest("form");

// Where no field has focus, as on a page that has just come and at its list of errors, the keys mean the page's one form.
function formMeant(element) {
  const forms = document.querySelectorAll("main form[data-unsaved]");
  const nowhere = element === document.body || element.matches(".error-summary");
  return formOf(element) || (nowhere && forms.length === 1 ? forms[0] : null);
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = formMeant(event.target);
  if (form?.method !== "post") return;
  event.preventDefault();
  const second = event.shiftKey && form.querySelector("[data-second]");
  form.requestSubmit(second || form.querySelector('button[type="submit"], input[type="submit"]'));
});

// Forms marked data-unsaved ask before they are left.
const dirty = new Set();
document.addEventListener("input", (event) => {
  const form = formOf(event.target);
  if (form && "unsaved" in form.dataset) dirty.add(form);
});
window.addEventListener("beforeunload", (event) => {
  if (dirty.size) event.preventDefault();
});

// A password may be looked at by whoever types it; it is hidden again before it is sent.
for (const field of document.querySelectorAll('input[type="password"]')) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link-button reveal";
  const show = (shown) => {
    field.type = shown ? "text" : "password";
    button.textContent = shown ? document.body.dataset.conceal : document.body.dataset.reveal;
  };
  button.addEventListener("click", () => show(field.type === "password"));
  field.form?.addEventListener("submit", () => show(false));
  field.after(button);
  show(false);
}

document.addEventListener("focusin", selectNumber);
document.addEventListener("keydown", goOn);
document.addEventListener("click", follow);
document.addEventListener("DOMContentLoaded", onArrival); // after the page's other scripts, which make fields of their own
window.addEventListener("load", atPlace);
window.addEventListener("hashchange", atPlace);
