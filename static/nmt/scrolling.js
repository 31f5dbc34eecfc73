/* Tables of the admin that are wider than a phone scroll by keyboard too, where nothing in them can be reached. */
for (const table of document.querySelectorAll(".inline-group .tabular fieldset")) {
  if (!table.querySelector("a, input:not([type=hidden]), select, textarea")) table.tabIndex = 0;
}
