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
