/* Gives the admin's autocompletes the name of their label: the ready-made ones have none for a screen reader. */

function name() {
  for (const select of document.querySelectorAll("select.admin-autocomplete[id]")) {
    const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
    const box = select.nextElementSibling?.querySelector(".select2-selection");
    if (!label || !box) continue;
    const text = label.textContent.trim().replace(/:$/, "");
    box.setAttribute("aria-label", text);
    box.removeAttribute("aria-labelledby");
    box.querySelector("[role=textbox]")?.setAttribute("aria-label", text);
  }
}

addEventListener("load", name);
document.addEventListener("formset:added", () => setTimeout(name));
