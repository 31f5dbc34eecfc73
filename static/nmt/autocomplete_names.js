/* Gives the admin's autocompletes the name of their label: the ready-made ones have none for a screen reader. */

function name(tries = 20) {
  let waits = false; // the ready-made script may not have drawn its boxes yet
  for (const select of document.querySelectorAll("select.admin-autocomplete[id]")) {
    const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
    const box = select.nextElementSibling?.querySelector(".select2-selection");
    waits ||= Boolean(label) && !box && !select.id.includes("__prefix__");
    if (!label || !box) continue;
    const text = label.textContent.trim().replace(/:$/, "");
    box.setAttribute("aria-label", text);
    box.removeAttribute("aria-labelledby");
    box.querySelector("[role=textbox]")?.setAttribute("aria-label", text);
  }
  if (waits && tries) setTimeout(name, 50, tries - 1);
}

name();
document.addEventListener("formset:added", () => setTimeout(name));
