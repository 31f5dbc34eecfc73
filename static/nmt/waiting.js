// How many things wait, beside My page in the menu. Asked for when the page is there: no page waits for it, and it is no
// sign that somebody is at the keyboard. A number, kept nowhere.
const menu = document.querySelector("[data-waiting]");

async function tell() {
  const answer = await fetch(menu.dataset.waiting, { credentials: "same-origin", headers: { "X-Background": "1" } });
  if (!answer.ok || answer.redirected) return;
  const { waiting } = await answer.json();
  if (!waiting) return;
  const number = Object.assign(document.createElement("span"), { className: "nmt-number", textContent: waiting });
  const words = Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: ` ${menu.dataset.words}` });
  number.append(words);
  menu.querySelector("a").append(number);
}

if (menu) tell().catch(() => {}); // a lost connection says itself where it matters
