// Counts while typing. The number shown at once is that of code points; a moment later the server's
// own count (the platform's way of counting) replaces it.
{
  const lengthOf = (text) => [...text].length;
  const grouped = (number) => new Intl.NumberFormat(document.documentElement.lang).format(number);

  const show = (name, count) => {
    const field = document.querySelector(`[data-count="${name}"]`);
    const place = document.querySelector(`[data-counter="${name}"]`);
    if (!field || !place) return;
    const limit = Number(field.dataset.limit) || 0;
    place.dataset.unit ??= place.textContent.replace(/^[\d,.\s/]*/, "");
    place.textContent = [grouped(count), limit ? ` / ${grouped(limit)}` : "", place.dataset.unit ? ` ${place.dataset.unit}` : ""].join("");
    place.toggleAttribute("data-over", limit > 0 && count > limit);
  };

  document.addEventListener("input", ({ target }) => {
    const fill = target.id && document.querySelector(`[data-fill="#${target.id}"]`);
    if (fill) fill.hidden = target.value !== "";
    if (target.dataset?.count && target.value) show(target.dataset.count, lengthOf(target.value));
  });

  const fromServer = () => {
    const told = document.getElementById("variant-checks")?.dataset;
    for (const name of ["title", "summary", "body"]) if (told?.[`${name}Count`]) show(name, Number(told[`${name}Count`]));
  };
  document.body.addEventListener("htmx:afterSettle", fromServer);
  fromServer();

  // "Start from the piece's words".
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-fill]");
    if (!button) return;
    const field = document.querySelector(button.dataset.fill);
    field.value = document.querySelector(button.dataset.from).content.textContent;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });

  // A jump to a field puts the cursor there.
  document.addEventListener("click", ({ target }) => {
    const link = target.closest("a[data-jump]");
    const place = link && link.pathname === location.pathname && document.querySelector(link.hash);
    if (place) requestAnimationFrame(() => select(place, link));
  });

  // Pressing a way out must not first leave the field: that would save, renew the list and lose the press.
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest(".problem-acts, .picture-tools")) event.preventDefault();
  });

  // Words are selected where a problem says they stand: "0-2 5-7" in code points, the next place at each press.
  const select = (place, link) => {
    place.focus();
    const places = link.dataset.places?.split(" ").map((span) => span.split("-").map(Number));
    if (!places || !place.setSelectionRange) return;
    const turn = Number(link.dataset.turn ?? 0) % places.length;
    link.dataset.turn = turn + 1;
    const signs = [...place.value];
    const unit = (at) => signs.slice(0, at).join("").length; // fields count UTF-16 units
    place.setSelectionRange(unit(places[turn][0]), unit(places[turn][1]));
    if (place.tagName === "TEXTAREA") {
      const line = place.value.slice(0, place.selectionStart).split("\n").length;
      place.scrollTop = (line / place.value.split("\n").length) * place.scrollHeight - place.clientHeight / 2;
    }
  };
  if (location.hash) document.querySelector(location.hash.replace(/[^#\w-]/g, ""))?.focus?.();

  // Saving says its state in words.
  const form = document.querySelector("[data-autosave]");
  const state = (words) => {
    const place = document.getElementById("variant-state");
    if (place?.dataset[words]) place.querySelector("[data-state-words]").textContent = place.dataset[words];
  };
  form?.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt !== form) return;
    // While two texts stand side by side, only a person's press saves.
    const asks = document.querySelector("#variant-conflict .notice");
    if (asks && event.detail.requestConfig.triggeringEvent?.type !== "submit") return event.preventDefault();
    state("wordsSaving");
  });
  form?.addEventListener("htmx:afterRequest", ({ detail }) => detail.elt === form && detail.xhr?.status === 409 && state("wordsConflict"));
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"])
    form?.addEventListener(name, ({ detail }) => {
      if (detail.elt !== form || (detail.xhr?.status >= 400 && detail.xhr?.status < 500)) return;
      state("wordsFailed");
      setTimeout(() => form.dispatchEvent(new Event("change")), 5000);
    });
  window.addEventListener("beforeunload", (event) => {
    if (form?.dataset.dirty === "yes") event.preventDefault();
  });
  form?.addEventListener("input", () => (form.dataset.dirty = "yes"));
  form?.addEventListener("submit", () => (form.dataset.dirty = "no"));
  document.body.addEventListener("variant:saved", () => form && (form.dataset.dirty = "no"));
}
