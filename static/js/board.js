// The idea board by hand: drag between columns, or move a focused card with the arrow keys.
// Both do what the card's own "Move to" buttons do, and only what these offer.

{
  const move = (card, to) => {
    const button = card.querySelector(`[data-move] button[value="${to}"]`);
    if (!button) return false;
    const form = button.closest("form");
    htmx.ajax("POST", form.getAttribute("action"), { target: "#ideas", swap: "outerHTML", values: { state: to } });
    return true;
  };

  const setUp = () => {
    if (!window.Sortable) return;
    for (const list of document.querySelectorAll("[data-board] [data-cards]")) {
      if (list.dataset.ready) continue;
      list.dataset.ready = "yes";
      const column = list.closest("[data-column]").dataset;
      Sortable.create(list, {
        group: { name: "ideas", put: (_to, from, card) => column.from.split(" ").includes(card.dataset.stateNow) },
        sort: false,
        draggable: "[data-card]",
        filter: "a, button, summary, .dropdown-menu",
        preventOnFilter: false,
        animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 200,
        ghostClass: "card-ghost",
        delay: 250,
        delayOnTouchOnly: true,
        onStart: ({ item }) => {
          for (const place of document.querySelectorAll("[data-column]")) {
            place.toggleAttribute("data-welcome", place.dataset.from.split(" ").includes(item.dataset.stateNow));
          }
        },
        onEnd: () => {
          for (const place of document.querySelectorAll("[data-welcome]")) place.removeAttribute("data-welcome");
        },
        onAdd: ({ item, to, from, oldIndex }) => {
          const wanted = to.closest("[data-column]").dataset.column;
          from.insertBefore(item, from.children[oldIndex] ?? null); // the server's answer places it
          move(item, wanted);
        },
      });
    }
  };

  document.addEventListener("keydown", (event) => {
    const card = event.target.closest?.("[data-card]");
    if (!card || event.target !== card || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const columns = [...document.querySelectorAll("[data-column]")];
    const step = event.key === "ArrowRight" ? 1 : -1;
    let at = columns.indexOf(card.closest("[data-column]")) + step;
    while (columns[at]) {
      if (move(card, columns[at].dataset.column)) {
        event.preventDefault();
        sessionStorage.setItem("mediaops:moved", card.id);
        return;
      }
      at += step;
    }
  });

  document.body.addEventListener("htmx:afterSettle", () => {
    setUp();
    const moved = sessionStorage.getItem("mediaops:moved");
    sessionStorage.removeItem("mediaops:moved");
    const card = moved && document.getElementById(moved);
    card?.closest("details:not([data-menu])")?.setAttribute("open", "");
    card?.focus();
  });
  setUp();
}
