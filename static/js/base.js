// What every page shares: toasts, menus, confirmation, focus, busy buttons. Pages work without it.

const byId = (id) => document.getElementById(id);
const SHOWN_MS = 6000;
const UNDO_SHOWN_MS = 12000;

// Toasts: messages of the page, and the sentence that an event of ours (`noun:past`) carries. ------
const fade = () => {
  for (const note of document.querySelectorAll("#toasts .toast-note:not([data-timed])")) {
    note.dataset.timed = "";
    const shown = note.querySelector("[data-undo]") ? UNDO_SHOWN_MS : SHOWN_MS;
    const go = () => (note.matches(":hover, :focus-within") ? setTimeout(go, SHOWN_MS) : note.remove());
    setTimeout(go, shown);
  }
};

// The way back, `{to, fields}`, is a plain form: it works from a page's messages without a script, too.
const wayBack = ({ to, fields }) => {
  const form = byId("undo-template").content.firstElementChild.cloneNode(true);
  form.action = to;
  for (const [name, value] of Object.entries(fields)) {
    const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    form.prepend(field);
  }
  return form;
};

export const say = (words, undo) => {
  if (!words) return;
  const note = byId("toast-template").content.firstElementChild.cloneNode(true);
  note.querySelector("p").textContent = words;
  if (undo) note.append(wayBack(undo));
  byId("toasts").append(note);
  fade();
  return note;
};
fade();
// A page that has a line of its own for what was done asks for the button there.
document.addEventListener("undo:offered", ({ detail }) => detail.place.append(wayBack(detail.undo)));

// ⌘Z or Ctrl Z takes the newest way back that is shown, unless something is being typed.
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "z" || event.shiftKey || !(event.metaKey || event.ctrlKey)) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
  const button = [...document.querySelectorAll("[data-undo] button")].pop();
  if (!button) return;
  event.preventDefault();
  button.click();
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const header = detail.xhr?.getResponseHeader("HX-Trigger");
  if (!header?.startsWith("{")) return;
  for (const value of Object.values(JSON.parse(header))) say(value?.said, value?.undo);
});

// No answer, or our fault: say so in its place, never in a toast. ------------------------------------
const tell = (template, part) => {
  const place = part ?? byId("problems");
  if (!place) return;
  place.replaceChildren(byId(part ? "part-template" : template).content.cloneNode(true));
  place.querySelector("[data-retry]")?.addEventListener("click", () => htmx.trigger(part, "retry"));
  if (!part) place.scrollIntoView({ block: "nearest" });
};
const partOf = ({ elt }) => (elt.matches?.(".url-part") ? elt : undefined);
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, ({ detail }) => tell("offline-template", partOf(detail)));
}
document.addEventListener("htmx:responseError", ({ detail }) => {
  if (detail.xhr.status >= 500) tell("fault-template", partOf(detail));
});
document.addEventListener("htmx:beforeRequest", ({ detail }) => partOf(detail) ?? byId("problems")?.replaceChildren());

// After a refused form the first wrong field has the focus. ----------------------------------------
const firstWrong = (place) => place?.querySelector?.("[aria-invalid=true], [data-wrong] input")?.focus();
document.addEventListener("htmx:afterSettle", ({ detail }) => firstWrong(detail.elt));
firstWrong(document.querySelector("main"));

// A button that was pressed says so until the answer is there. -------------------------------------
const busy = (button) => {
  if (!button?.matches?.(".btn")) return;
  button.setAttribute("aria-busy", "true");
  button.dataset.busy = "";
  const drawing = button.querySelector(".icon use");
  if (!drawing) return;
  button.dataset.icon = drawing.getAttribute("href");
  drawing.setAttribute("href", button.dataset.icon.replace(/#.*$/, "#loader-2"));
};
const rest = () => {
  for (const button of document.querySelectorAll(".btn[data-busy]")) {
    button.removeAttribute("aria-busy");
    delete button.dataset.busy;
    if (button.dataset.icon) button.querySelector(".icon use")?.setAttribute("href", button.dataset.icon);
  }
};
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented && !event.target.matches("[hx-post], [hx-put], [hx-patch], [hx-delete]")) return;
  busy(event.submitter);
  setTimeout(rest, 10000); // an answer that is a file leaves the page as it was
});
document.addEventListener("htmx:afterRequest", rest);
window.addEventListener("pageshow", rest);

// Menus are <details data-menu>: one open at a time; Escape closes and gives the focus back. -------
const openMenus = () => document.querySelectorAll("details[data-menu][open]");
document.addEventListener("click", ({ target }) => {
  for (const menu of openMenus()) if (!menu.contains(target)) menu.open = false;
});
document.addEventListener("focusin", ({ target }) => {
  for (const menu of openMenus()) if (!menu.contains(target)) menu.open = false;
});

// A part that renews itself waits while a menu in it is open: its next turn brings the news.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const asked = detail.requestConfig?.elt;
  if (asked === detail.target && asked.querySelector("details[data-menu][open]")) detail.shouldSwap = false;
});

const openSearch = (event) => {
  const search = document.querySelector("main input[type=search]") ?? document.querySelector("[data-search]");
  if (!search) return;
  event.preventDefault();
  if (search.matches("a")) search.click();
  else search.focus();
};

const step = (menu, by) => {
  const items = [...menu.querySelectorAll("a[href], button")];
  const at = items.indexOf(document.activeElement);
  items[(at + by + items.length) % items.length]?.focus();
};

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey)) return openSearch(event);
  const menu = event.target.closest?.("details[data-menu][open]") ?? openMenus()[0];
  if (event.key === "Escape") {
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (location.hash === "#sidebar") location.hash = "#main";
  }
  if (menu && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    step(menu, event.key === "ArrowDown" ? 1 : -1);
  }
});
if (new URLSearchParams(location.search).get("focus") === "search") document.querySelector("main input[type=search]")?.focus();
if (!/Mac|iP(hone|ad)/.test(navigator.platform)) {
  for (const key of document.querySelectorAll("[data-search] kbd")) key.textContent = "Ctrl K";
}

// `data-confirm` on a form: ask before what cannot be undone; the button repeats the verb. ---------
const dialog = byId("confirm");
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.dataset.confirm || form.dataset.confirmed === "yes") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const asked = event.submitter;
    byId("confirm-words").textContent = form.dataset.confirm;
    dialog.querySelector("[data-confirm-yes]").textContent = form.dataset.confirmDo || asked?.textContent.trim();
    dialog.returnValue = "";
    dialog.addEventListener("close", () => answered(form, asked), { once: true });
    dialog.showModal();
  },
  true,
);
const answered = (form, asked) => {
  if (dialog.returnValue !== "yes") return asked?.focus();
  form.dataset.confirmed = "yes";
  form.requestSubmit(asked);
  delete form.dataset.confirmed;
};

// `data-copy="#id"` copies the text of an element and says so. -------------------------------------
document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  const text = source.value ?? source.textContent.trim();
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    select(source); // without https there is no clipboard: the text is chosen, the keys copy it
    if (!document.execCommand("copy")) return;
  }
  say(byId("toast-template").dataset.copied);
});
const select = (source) => {
  if (source.select) return source.select();
  getSelection().selectAllChildren(source);
};

// `data-local-zone` on a select of time zones: an empty one starts with this device's zone. --------
for (const field of document.querySelectorAll("select[data-local-zone]")) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!field.dataset.chosen && [...field.options].some((option) => option.value === zone)) field.value = zone;
}

// `<output data-counts="id" data-most="64">` counts the characters of a field. --------------------
const count = (output) => {
  const length = [...(byId(output.dataset.counts)?.value ?? "")].length;
  output.textContent = output.dataset.most ? `${length} / ${output.dataset.most}` : length;
};
document.addEventListener("input", ({ target }) => {
  const output = target.id && document.querySelector(`[data-counts="${target.id}"]`);
  if (output) count(output);
});
document.querySelectorAll("[data-counts]").forEach(count);

// Filters of one choice need no button. ------------------------------------------------------------
for (const field of document.querySelectorAll("[data-submit-on-change] select")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}
