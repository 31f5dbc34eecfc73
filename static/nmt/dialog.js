// <a href="page" data-dialog="id"> opens <dialog id="id"> in place of the page; [data-close] closes it. Without script the link leads on.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog?.showModal) {
    event.preventDefault();
    dialog.showModal();
    dialog.addEventListener("close", () => opener.focus(), { once: true });
  }
  event.target.closest("[data-close]")?.closest("dialog")?.close();
});
