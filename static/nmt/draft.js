// A form with data-draft="/drafts/<kind>/" is kept on the server while it is written, and offered after a crash.
// Its draft is known by the form's own token (form_token) or by data-draft-subject, the code of the row that is changed.
const WAIT = 4000; // milliseconds from a key to its keeping: at most five seconds may be lost
const BACKGROUND = { "X-Background": "1" };

// What was typed in a searched choice and is in no list is a choice of its own, as combobox.js makes it.
function typedAgain(select, values) {
  for (const text of values) {
    if (!text || [...select.options].some((option) => option.value === text)) continue;
    const option = new Option(text, text);
    option.dataset.typed = "";
    select.add(option);
  }
}

class Keeper {
  constructor(form) {
    this.form = form;
    this.address = form.dataset.draft;
    this.said = form.querySelector("[data-draft-status]") || document.querySelector("[data-draft-status]");
    this.offered = document.querySelector("[data-draft-offer]");
    this.timer = 0;
    this.over = false;
    document.addEventListener("input", (event) => event.target.form === form && this.later());
    form.addEventListener("county", () => this.later());
    form.addEventListener("submit", (event) => this.stop(event));
    document.addEventListener("visibilitychange", () => document.hidden && this.timer && this.keep());
    window.addEventListener("pageshow", () => { this.over = false; });
    this.ask();
  }

  get subject() {
    return this.form.dataset.draftSubject || this.form.elements.form_token?.value;
  }

  later() {
    if (!this.timer && !this.over) this.timer = setTimeout(() => this.keep(), WAIT);
  }

  stop(event) {
    if (event.defaultPrevented || event.submitter?.name === "go" && event.submitter.value === "look") return;
    clearTimeout(this.timer);
    this.timer = 0;
    this.over = true;
    setTimeout(() => { this.over = false; }, 10_000); // still here: the sending has failed
  }

  say(text) {
    if (this.said) this.said.textContent = text;
  }

  async send(address, body) {
    const token = this.form.elements.csrfmiddlewaretoken.value;
    const response = await fetch(address, { method: "POST", credentials: "same-origin", keepalive: document.hidden, headers: { ...BACKGROUND, "X-CSRFToken": token }, body });
    if (response.redirected || (!response.ok && response.status !== 413)) throw new Error("not kept");
    return response.json();
  }

  async keep() {
    clearTimeout(this.timer);
    this.timer = 0;
    const body = new URLSearchParams([...new FormData(this.form)].filter(([, value]) => typeof value === "string"));
    try {
      this.say((await this.send(`${this.address}${this.subject}/`, body)).text);
    } catch {
      this.say(this.said?.dataset.offline || "");
      this.later();
    }
  }

  async ask() {
    if (!this.offered || document.querySelector(".error-summary, .notice-warn.flash")) return;
    const own = this.form.dataset.draftSubject ? `?subject=${this.form.dataset.draftSubject}` : "";
    let draft;
    try {
      draft = await (await fetch(`${this.address}${own}`, { credentials: "same-origin", headers: BACKGROUND })).json();
    } catch {
      return;
    }
    if (!draft.subject) return;
    this.offered.querySelector("[data-draft-time]").textContent = draft.time;
    this.offered.hidden = false;
    this.offered.querySelector("[data-draft-use]").onclick = () => this.use(draft.fields);
    this.offered.querySelector("[data-draft-drop]").onclick = () => this.drop(draft.subject);
  }

  // A draft of the grid of persons is offered on the page before it: its rows go with that page's form, and the grid comes.
  again(rows) {
    for (const [name, values] of [...rows, ["go", ["again"]]]) {
      const input = Object.assign(document.createElement("input"), { type: "hidden", name, value: values[0] });
      this.form.append(input);
    }
    this.form.requestSubmit();
  }

  use(fields) {
    for (const input of [...this.form.elements].filter((element) => element.name && element.name !== "csrfmiddlewaretoken")) {
      const values = fields[input.name] || [];
      if (input.matches("select[data-combobox]")) typedAgain(input, values);
      if (input.type === "checkbox" || input.type === "radio") input.checked = values.includes(input.value);
      else if (input.multiple) for (const option of input.options) option.selected = values.includes(option.value);
      else if (input.type === "submit" || input.type === "button" || !values.length) continue;
      else input.value = values[0];
      const kept = input.type === "checkbox" || input.type === "radio" ? input.checked : !["", "0"].includes(input.value);
      const details = kept && input.closest("details");
      if (details) details.open = true;
    }
    this.form.dispatchEvent(new Event("input", { bubbles: true }));
    for (const input of this.form.querySelectorAll("[data-combobox]")) input.dispatchEvent(new Event("county", { bubbles: true }));
    this.close();
    const rows = Object.entries(fields).filter(([name]) => name.startsWith("row-") && !this.form.elements[name]);
    if (rows.length) this.again(rows);
  }

  async drop(subject) {
    try {
      this.say((await this.send(`${this.address}${subject}/discard/`, new URLSearchParams())).text);
      this.close();
      this.ask(); // an earlier one may wait
    } catch {
      this.say(this.said?.dataset.offline || "");
    }
  }

  close() {
    this.offered.hidden = true;
    this.form.querySelector("input:not([type=hidden]), select, textarea").focus();
  }
}

for (const form of document.querySelectorAll("form[data-draft]")) new Keeper(form);
