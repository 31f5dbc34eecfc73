// How many things wait, beside My page in the menu. Asked for when the page is there: no page waits for it, and it is no
// sign that somebody is at the keyboard. The number alone is kept for a minute, in this tab, until something is sent;
// My page asks always, so that the number and the list agree.
const menu = document.querySelector("[data-waiting]");
const KEPT = "waiting"; // when, and how many
const MINUTE = 60_000;

function keptNumber() {
  const [at, number] = (sessionStorage.getItem(KEPT) || "0 0").split(" ").map(Number);
  return location.pathname !== "/" && Date.now() - at < MINUTE ? number : null;
}

async function askedNumber() {
  const answer = await fetch(menu.dataset.waiting, { credentials: "same-origin", headers: { "X-Background": "1" } });
  if (!answer.ok || answer.redirected) return 0;
  const { waiting } = await answer.json();
  sessionStorage.setItem(KEPT, `${Date.now()} ${waiting}`);
  return waiting;
}

async function tell() {
  const waiting = keptNumber() ?? (await askedNumber());
  if (!waiting) return;
  const number = Object.assign(document.createElement("span"), { className: "nmt-number", textContent: waiting });
  const words = Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: ` ${menu.dataset.words}` });
  number.append(words);
  menu.querySelector("a").append(number);
}

if (menu) {
  document.addEventListener("submit", (event) => event.target.method === "post" && sessionStorage.removeItem(KEPT));
  tell().catch(() => {}); // a lost connection says itself where it matters
} else {
  sessionStorage.removeItem(KEPT); // nobody is signed in
}
