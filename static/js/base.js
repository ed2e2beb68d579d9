// Toasts, menus, confirmation, focus: what every page shares. Pages work without it.

const say = (words) => {
  if (!words) return;
  const note = document.getElementById("toast-template").content.cloneNode(true);
  note.querySelector("p").textContent = words;
  document.getElementById("toasts").append(note);
  fade();
};

const fade = () => {
  for (const note of document.querySelectorAll("#toasts .toast-note:not([data-timed])")) {
    note.dataset.timed = "";
    setTimeout(() => note.remove(), 6000);
  }
};
fade();

// Events named `noun:past` carry the sentence for the toast.
document.body.addEventListener("htmx:afterRequest", ({ detail }) => {
  const header = detail.xhr?.getResponseHeader("HX-Trigger");
  if (!header?.startsWith("{")) return;
  for (const value of Object.values(JSON.parse(header))) say(value?.said);
});

document.body.addEventListener("htmx:sendError", () => {
  const place = document.getElementById("problems");
  place?.replaceChildren(document.getElementById("offline-template").content.cloneNode(true));
});

// After a refused form, the first wrong field gets the focus.
document.body.addEventListener("htmx:afterSwap", ({ detail }) => {
  const wrong = detail.target.querySelector?.("[aria-invalid=true]");
  if (wrong) wrong.focus();
});
document.querySelector("main [aria-invalid=true]")?.focus();

// Menus are <details>: one open at a time, Escape closes and returns the focus.
document.addEventListener("click", ({ target }) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  const open = document.querySelector("details[data-menu][open]");
  if (event.key === "Escape" && open) {
    open.open = false;
    open.querySelector("summary").focus();
  }
  if (event.key === "k" && (event.metaKey || event.ctrlKey)) {
    const search = document.querySelector("input[type=search]") ?? document.querySelector("[data-search]");
    if (!search) return;
    event.preventDefault();
    search.focus();
    if (search.matches("a")) search.click();
  }
});
if (new URLSearchParams(location.search).get("focus") === "search") document.querySelector("input[type=search]")?.focus();

// The phone's "More" shows the sidebar.
document.querySelector("[data-more]")?.addEventListener("click", ({ currentTarget }) => {
  const open = document.body.toggleAttribute("data-more-open");
  currentTarget.setAttribute("aria-expanded", open);
});

// `data-confirm` on a form: ask before what cannot be undone.
const dialog = document.getElementById("confirm");
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.dataset.confirm || form.dataset.confirmed === "yes") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    document.getElementById("confirm-words").textContent = form.dataset.confirm;
    dialog.querySelector("[data-confirm-yes]").textContent = form.dataset.confirmDo;
    const asked = event.submitter;
    dialog.returnValue = "";
    dialog.showModal();
    dialog.addEventListener(
      "close",
      () => {
        if (dialog.returnValue !== "yes") return asked?.focus();
        form.dataset.confirmed = "yes";
        form.requestSubmit(asked);
        delete form.dataset.confirmed;
      },
      { once: true },
    );
  },
  true,
);

// `data-copy="#id"` copies the text of an element.
document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  await navigator.clipboard?.writeText(source.value ?? source.textContent);
  button.dataset.done = "";
});
