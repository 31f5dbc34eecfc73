// Why the browser did not use a security key: django-allauth tells the document of it, and shows nothing.
const said = [...document.querySelectorAll("[data-key-refused] [data-error]")];

document.addEventListener("allauth.error", (event) => {
  event.preventDefault(); // it would write to the console what stands on the page now
  const name = event.detail.exception?.name;
  const fits = said.find((line) => line.dataset.error === name) || said.find((line) => !line.dataset.error);
  for (const line of said) line.hidden = line !== fits;
  fits?.scrollIntoView({ block: "nearest" });
});
