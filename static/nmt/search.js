// "/" leads to the search of the header, from every page, unless somebody is writing.
const field = document.querySelector(".nmt-search input[type=search]");
const writes = (node) => node.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName);

if (field) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || document.cookie.includes("single_keys=off") || event.ctrlKey || event.metaKey || event.altKey || writes(event.target)) return;
    const menu = document.querySelector(".nmt-menu[aria-expanded=false]");
    if (menu && getComputedStyle(menu).display !== "none") menu.click();
    field.focus();
    if (document.activeElement !== field) return; // not shown here: the key stays the browser's
    event.preventDefault();
    field.select();
  });
}
