// The kit on a phone: steps that remember what is done, files saved in one go. It works without.

const kit = document.querySelector("[data-kit]");
const steps = [...document.querySelectorAll(".kit-step")];
const key = `kit-${kit?.dataset.kit}`;

const known = () => {
  try {
    return new Set(JSON.parse(localStorage.getItem(key) ?? "[]"));
  } catch {
    return new Set();
  }
};
const draw = () => {
  const done = known();
  const next = steps.find((step) => !done.has(step.dataset.step));
  for (const step of steps) step.dataset.state = done.has(step.dataset.step) ? "done" : step === next ? "doing" : "open";
};
const finish = (step) => {
  const done = known().add(step.dataset.step);
  try {
    localStorage.setItem(key, JSON.stringify([...done]));
  } catch {
    /* a private window keeps nothing: the steps are still all there */
  }
  draw();
};

document.addEventListener("click", ({ target }) => {
  const step = target.closest(".kit-step");
  if (step && target.closest("[data-copy], [data-open], [data-file]")) finish(step);
});

// A formatted article is copied with its formats; where the browser cannot, base.js copies the words.
document.addEventListener(
  "click",
  async (event) => {
    const button = event.target.closest("[data-copy]");
    const source = button && document.querySelector(button.dataset.copy);
    if (!source?.matches("[data-rich]") || !window.ClipboardItem || !navigator.clipboard?.write) return;
    const part = (type, words) => new Blob([words], { type });
    try {
      await navigator.clipboard.write([
        new ClipboardItem({ "text/html": part("text/html", source.innerHTML), "text/plain": part("text/plain", source.innerText) }),
      ]);
    } catch {
      /* the words are there already */
    }
  },
);

// Saving: the phone's own sheet puts pictures into the album; elsewhere they are downloaded one by one.
const save = document.querySelector("[data-save-all]");
const links = [...document.querySelectorAll("[data-file]")];
const fetched = (link) =>
  fetch(link.href).then(async (answer) => new File([await answer.blob()], link.download, { type: link.dataset.file }));
const download = async () => {
  for (const link of links) {
    link.click();
    await new Promise((done) => setTimeout(done, 400)); // browsers drop downloads that come at once
  }
};
if (save) {
  save.hidden = false;
  save.addEventListener("click", async () => {
    save.setAttribute("aria-busy", "true");
    try {
      const files = navigator.canShare ? await Promise.all(links.map(fetched)) : [];
      if (files.length && navigator.canShare({ files })) await navigator.share({ files });
      else await download();
      finish(save.closest(".kit-step"));
    } catch (problem) {
      if (problem.name !== "AbortError") await download();
    } finally {
      save.removeAttribute("aria-busy");
    }
  });
}
if (kit) draw();
