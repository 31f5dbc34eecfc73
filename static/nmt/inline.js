// A form that opens where it was asked for: focus in its first field, Esc or Cancel closes it and goes back to the link.
import { fieldIn, lead } from "./focus.js";

let opener = null;

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.matches("a[hx-get]")) opener = event.target;
});

document.addEventListener("htmx:afterSettle", (event) => {
  const form = event.target.closest("form[data-inline]") || event.target.querySelector?.("form[data-inline]");
  if (!form) {
    event.target.querySelector?.("h2")?.closest("section")?.querySelector("a[hx-get]")?.focus();
    return;
  }
  form.noValidate = true;
  if (!lead(form)) fieldIn(form)?.focus();
});

function close(form) {
  form.remove();
  opener?.focus();
}

document.addEventListener("click", (event) => {
  const form = event.target.closest("[data-cancel]")?.closest("form[data-inline]");
  if (!form) return;
  event.preventDefault();
  close(form);
});

document.addEventListener("keydown", (event) => {
  const form = event.key === "Escape" && event.target.closest("form[data-inline]");
  if (form) close(form);
});

// The server does not answer, or answers that it cannot: what was written stays, and the form says so. A link leads to
// the page that says why.
function failed(event) {
  if (event.target.matches("a[hx-get]")) location.assign(event.target.href);
  const said = event.target.closest("form[data-inline]")?.querySelector("[data-failed]");
  if (!said) return;
  said.hidden = false;
  said.focus();
}

for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(name, failed);
document.addEventListener("htmx:beforeRequest", (event) => {
  const said = event.target.querySelector?.("[data-failed]");
  if (said) said.hidden = true;
});
