// The inbox: mark the open talk, keep half-written answers, count characters. Works without it by plain links.

const store = window.sessionStorage;
const inbox = document.querySelector(".inbox");
const keyOf = (form) => `answer:${location.pathname.split("/")[2]}:${form.dataset.draft}`;

const markOpen = () => {
  const open = document.getElementById("pane")?.dataset.talk;
  for (const link of document.querySelectorAll("#talks .talk")) {
    if (link.dataset.talk === open) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
};

const toEnd = () => {
  const list = document.getElementById("messages");
  if (list) list.scrollTop = list.scrollHeight;
};

const length = (text) => [...new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text.trim())].length;

const count = (form) => {
  const out = form.querySelector("[data-count]");
  if (!out) return;
  const n = length(form.elements.text.value);
  const max = Number(out.dataset.max || 0);
  out.textContent = n ? (max ? `${n} / ${max}` : `${n}`) : "";
  out.toggleAttribute("data-over", Boolean(max) && n > max);
};

const dressReply = () => {
  const form = document.querySelector("form[data-draft]");
  if (!form || form.dataset.ready) return;
  form.dataset.ready = "yes";
  const kept = store.getItem(keyOf(form));
  if (kept && !form.elements.text.value) form.elements.text.value = kept;
  count(form);
};

document.body.addEventListener("input", ({ target }) => {
  const form = target.closest("form[data-draft]");
  if (!form) return;
  store.setItem(keyOf(form), form.elements.text.value);
  count(form);
});

// An answer that was taken needs no keeping.
document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const form = detail.requestConfig?.elt?.closest?.("form[data-draft]");
  if (form && detail.xhr.status < 400) store.removeItem(keyOf(form));
});
document.body.addEventListener("submit", ({ target }) => {
  if (target.matches("form[data-draft]") && !window.htmx) store.removeItem(keyOf(target));
});

document.body.addEventListener("keydown", (event) => {
  const form = event.target.closest("form[data-draft]");
  if (form && event.key === "Enter" && (event.metaKey || event.ctrlKey)) form.requestSubmit();
});

document.body.addEventListener("change", ({ target }) => {
  const form = target.closest("form[data-auto]");
  if (form && !form.hasAttribute("hx-get")) form.requestSubmit();
});

document.body.addEventListener("htmx:afterSwap", ({ detail }) => {
  const { target } = detail;
  if (target.id === "pane") {
    inbox?.toggleAttribute("data-view", false);
    if (document.getElementById("pane")?.hasAttribute("data-open")) inbox?.setAttribute("data-view", "conversation");
    const byLink = detail.requestConfig?.elt?.matches?.("a.talk");
    if (byLink) document.getElementById("who")?.focus();
    toEnd();
  }
  if (target.id === "messages") toEnd();
  markOpen();
  dressReply();
});

markOpen();
dressReply();
toEnd();
