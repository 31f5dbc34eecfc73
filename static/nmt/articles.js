// Articles beside the call: the titles are fetched once, and shown by the topics and the county that are chosen; a text is
// fetched when its title is opened. What is looked for is posted: no fact of a call stands in an address.
const panel = document.querySelector("[data-articles]");
const form = document.querySelector("form[data-call]");
const list = panel.querySelector("[data-list]");
const hint = panel.querySelector("[data-hint]");
const find = panel.querySelector("form");
const county = form.elements.namedItem("caller_county");
const codes = new Map([...document.querySelectorAll("#counties option")].map((option) => [option.value, option.dataset.code]));
let every = null; // the list of all, as it came

async function fetched(url, options = {}) {
  try {
    const response = await fetch(url, { credentials: "same-origin", ...options });
    return response.ok && !response.redirected ? await response.text() : "";
  } catch {
    return ""; // no contact: what is shown stays
  }
}

function concerns(row, topics, place) {
  const own = row.dataset.topics.split(" ").filter(Boolean);
  const places = row.dataset.counties.split(" ").filter(Boolean);
  if (places.length && !places.includes(place)) return false;
  return own.length ? own.some((key) => topics.includes(key)) : places.length > 0;
}

async function show() {
  if (find.elements.q.value.trim()) return; // what was looked for stays until its words are taken away
  const topics = [...form.querySelectorAll('input[name="topics"]:checked')].map((input) => input.value);
  const place = codes.get(county.value) || "";
  if ((topics.length || place) && every === null) {
    every = await fetched(panel.dataset.articles);
    if (!every) every = null;
  }
  if (every === null) return;
  const open = new Set([...list.querySelectorAll("details[open] [data-text]")].map((box) => box.dataset.text));
  if (list.dataset.list !== "all") {
    list.innerHTML = every;
    list.dataset.list = "all";
  }
  let shown = 0;
  for (const row of list.querySelectorAll("li[data-topics]")) { // a text that is open may have lists of its own
    row.hidden = !concerns(row, topics, place);
    if (!row.hidden) shown += 1;
    if (row.hidden || open.has(row.querySelector("[data-text]").dataset.text)) continue;
    row.querySelector("details").open = false;
  }
  hint.textContent = shown ? hint.dataset.some.replace("0", shown) : hint.dataset.none;
}

form.addEventListener("change", (event) => { if (event.target.name === "topics") show(); });
document.addEventListener("county", show);

// --- a text, when its title is opened
list.addEventListener("toggle", async (event) => {
  const box = event.target.open && event.target.querySelector("[data-text]");
  if (box && !box.innerHTML) box.innerHTML = await fetched(box.dataset.text);
}, true);

// --- what is looked for
find.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!find.elements.q.value.trim()) return;
  const hits = await fetched(panel.dataset.articles, { method: "POST", body: new FormData(find) });
  if (!hits) return;
  list.innerHTML = hits;
  list.dataset.list = "found";
  hint.textContent = hint.dataset.some.replace("0", list.querySelectorAll("li[data-topics]").length);
});
find.addEventListener("input", () => { if (!find.elements.q.value.trim()) show(); });

show();
