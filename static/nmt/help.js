// "?" shows the keys over any page, unless somebody is writing; *How to* beside a form reads its part of the guide when it is opened.
// Without script the links lead to the same texts.
const link = document.querySelector("[data-keys]");
const writes = (node) => node.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName);
const off = () => document.cookie.split("; ").includes("single_keys=off");

async function part(address) {
  const answer = await fetch(address, { credentials: "same-origin", headers: { "X-Background": "1" } });
  return answer.ok && !answer.redirected ? answer.text() : "";
}

async function keys() {
  let dialog = document.querySelector("dialog.keys");
  if (!dialog) {
    const text = await part(link.dataset.keys);
    if (!document.querySelector("dialog.keys")) document.body.insertAdjacentHTML("beforeend", text); // pressed twice meanwhile
    dialog = document.querySelector("dialog.keys");
    const choice = dialog?.querySelector("[data-single-keys]");
    if (!choice) return link.click();
    choice.checked = !off();
    choice.addEventListener("change", () => {
      const secure = location.protocol === "https:" ? "; Secure" : "";
      document.cookie = `single_keys=${choice.checked ? "on" : "off"}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    });
  }
  if (!dialog.open) dialog.showModal();
}

if (link) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey || writes(event.target) || off()) return;
    if (document.querySelector("dialog[open]")) return;
    event.preventDefault();
    keys().catch(() => {});
  });
}

document.addEventListener("toggle", async (event) => {
  const folded = event.target;
  if (!folded.open || !folded.dataset?.howTo) return;
  const address = folded.dataset.howTo;
  delete folded.dataset.howTo;
  const text = await part(address).catch(() => "");
  if (text) folded.querySelector("p").outerHTML = text;
}, true);
