// Choosing rows: the bar floats while something is chosen and names the number.

{
  const form = () => document.querySelector("form[data-choose]");

  const renew = () => {
    const place = form();
    if (!place) return;
    const boxes = [...place.querySelectorAll("input[name=pk]")];
    const chosen = boxes.filter((box) => box.checked);
    for (const box of boxes) box.closest("tr").toggleAttribute("data-chosen", box.checked);
    const bar = place.querySelector("[data-bulk]");
    if (!bar) return;
    bar.hidden = !chosen.length;
    const words = bar.querySelector("[data-count]");
    words.textContent = words.dataset.word.replace("{n}", chosen.length);
    const all = place.querySelector("[data-choose-all]");
    all.hidden = false;
    all.checked = chosen.length === boxes.length;
    all.indeterminate = Boolean(chosen.length) && !all.checked;
  };

  document.addEventListener("change", ({ target }) => {
    if (target.matches("[data-choose-all]")) {
      for (const box of form().querySelectorAll("input[name=pk]")) box.checked = target.checked;
    }
    if (target.matches("[data-choose-all], input[name=pk]")) renew();
  });
  document.body.addEventListener("htmx:afterSettle", renew);
  renew();
}
