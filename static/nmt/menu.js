// What the head of every page does: its search, the number that waits, and the menu of a narrow window. Without
// script it is open, and the button is not shown.
import "./search.js";
import "./waiting.js";

const button = document.querySelector(".nmt-menu");

if (button) {
  const set = (open) => button.setAttribute("aria-expanded", String(open));
  button.addEventListener("click", () => set(button.getAttribute("aria-expanded") !== "true"));
  button.closest("header").addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || button.getAttribute("aria-expanded") !== "true") return;
    set(false);
    button.focus();
  });
}
