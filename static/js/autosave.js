// The editor saves by itself. Words are first kept on this computer, then sent with the revision they
// started from; a second writer is told (409) and chooses. Without this script the form saves as forms do.

class Autosave {
  constructor(form) {
    this.form = form;
    this.words = form.dataset;
    this.sent = this.read();
    this.running = Promise.resolve(true);
    this.clashed = false;
    this.retry = 0;
    form.addEventListener("input", () => this.soon());
    form.addEventListener("change", () => this.soon(200));
    addEventListener("online", () => this.save());
    addEventListener("pagehide", () => this.keep());
    document.addEventListener("visibilitychange", () => document.hidden && this.save());
    addEventListener("beforeunload", (event) => {
      if (!this.isDirty()) return;
      this.keep();
      this.save();
      event.preventDefault();
    });
  }

  // --- What the form holds ---------------------------------------------------------------------

  get key() {
    return `mediaops:item:${this.form.dataset.item}:${location.pathname.split("/")[2]}`;
  }

  read() {
    this.pull?.(); // an editor that writes into its field a little later brings its words now
    const data = new FormData(this.form);
    for (const name of ["csrfmiddlewaretoken", "revision"]) data.delete(name);
    return new URLSearchParams(data).toString();
  }

  isDirty() {
    return this.read() !== this.sent;
  }

  // --- On this computer --------------------------------------------------------------------------

  keep() {
    try {
      if (this.isDirty()) localStorage.setItem(this.key, JSON.stringify({ revision: this.revision, text: this.read() }));
      else localStorage.removeItem(this.key);
    } catch { /* no room, or not allowed: the server still gets it */ }
  }

  // Words of the last visit that never reached the server.
  left() {
    try {
      const found = JSON.parse(localStorage.getItem(this.key) ?? "null");
      return found && found.text !== this.sent ? found : null;
    } catch {
      return null;
    }
  }

  get revision() {
    return this.form.elements.revision.value;
  }

  set revision(value) {
    this.form.elements.revision.value = value;
  }

  // --- Saving ------------------------------------------------------------------------------------

  soon(wait = 1200) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait);
    this.keeping ??= setTimeout(() => {
      this.keeping = null;
      this.keep();
    }, 400);
  }

  // Resolves with true when everything is on the server. One request at a time.
  save(choice = "") {
    clearTimeout(this.timer);
    this.running = this.running.then(() => this.send(choice)).catch(() => false);
    return this.running;
  }

  async send(choice) {
    if (!choice && (this.clashed || !this.isDirty())) return !this.clashed && !this.isDirty();
    const text = this.read();
    const body = new URLSearchParams(text);
    body.set("revision", this.revision);
    body.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    if (choice) body.set("choice", choice);
    this.show("saving", "cloud-upload", this.words.wordSaving);
    let answer;
    try {
      answer = await fetch(this.form.action, {
        method: "POST", body, redirect: "manual", headers: { Accept: "application/json" },
      });
    } catch {
      this.keep();
      this.show("failed", "cloud-off", this.words.wordOffline);
      this.again();
      return false;
    }
    return this.settle(answer, text, choice);
  }

  again() {
    this.retry = Math.min((this.retry || 2) * 2, 60);
    this.timer = setTimeout(() => this.save(), this.retry * 1000);
  }

  async settle(answer, text, choice) {
    if (answer.type === "opaqueredirect") {
      this.keep();
      this.show("failed", "cloud-off", this.words.wordSignedOut);
      this.again();
      return false;
    }
    if (answer.status === 403 && !this.renewing && (await this.renew())) return this.send(choice);
    const told = await answer.json().catch(() => ({}));
    if (answer.status === 409 && told.html) return this.clash(told);
    if (!answer.ok) {
      this.keep();
      this.show("failed", "alert-circle", `${this.words.wordUnsaved}. ${told.problem ?? ""}`);
      if (answer.status >= 500 || answer.status === 429) this.again();
      return false;
    }
    this.retry = 0;
    this.sent = text;
    this.revision = told.revision;
    this.keep();
    this.show("saved", "cloud-check", `${this.words.wordSaved} ${told.clock}`);
    this.saved(told);
    if (this.isDirty()) this.soon();
    return !this.isDirty();
  }

  // After signing in again the form's token is an old one: take the new one and try once more.
  async renew() {
    this.renewing = true;
    const answer = await fetch(location.href).catch(() => null);
    const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page && page.querySelector("#item-form [name=csrfmiddlewaretoken]")?.value;
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) if (token) field.value = token;
    setTimeout(() => (this.renewing = false), 30_000);
    return Boolean(token);
  }

  clash(told) {
    this.clashed = true;
    this.keep();
    this.show("failed", "alert-triangle", this.words.wordClash);
    const place = document.getElementById("clash");
    place.innerHTML = told.html;
    place.firstElementChild.focus();
    place.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-choice]");
      if (button) this.choose(button.dataset.choice, told.revision);
    });
    return false;
  }

  async choose(choice, revision) {
    this.clashed = false;
    this.revision = revision;
    document.getElementById("clash").replaceChildren();
    const done = await this.save(choice);
    if (choice !== "theirs" || this.clashed) return;
    if (!done && this.isDirty()) return;
    localStorage.removeItem(this.key);
    this.sent = this.read();
    location.reload();
  }

  // --- Telling -----------------------------------------------------------------------------------

  show(state, icon, words) {
    const place = document.getElementById("save-state");
    if (!place) return;
    place.dataset.state = state === "failed" ? "failed" : "";
    const use = place.querySelector("use");
    use?.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${icon}`));
    const span = place.querySelector("span");
    if (span.textContent !== words) span.textContent = words;
  }

  saved(told) {
    for (const field of document.querySelectorAll("[name=seen]")) field.value = told.seen;
    this.form.dispatchEvent(new CustomEvent("item:saved", { bubbles: true, detail: told }));
  }
}
