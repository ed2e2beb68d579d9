// The menu editor: another kind of entry asks for its fields at once; entries are dragged among their like.

const send = (form, act) => {
  const button = document.createElement("button");
  button.name = "act";
  button.value = act;
  button.hidden = true;
  form.append(button);
  form.requestSubmit(button);
};

document.body.addEventListener("change", ({ target }) => {
  if (target.matches("[data-menu-type]")) send(target.form, "kind");
});

let held = null;
const entryOf = (node) => node.closest?.(".menu-entry");
const isLike = (entry) => held && entry && entry !== held && entry.parentElement === held.parentElement;

document.body.addEventListener("dragstart", (event) => {
  const entry = entryOf(event.target);
  if (!entry || event.target.matches("input, select")) return;
  held = entry;
  event.dataTransfer.effectAllowed = "move";
  entry.dataset.held = "";
  event.stopPropagation();
});
document.body.addEventListener("dragover", (event) => {
  const entry = entryOf(event.target);
  if (!isLike(entry)) return;
  event.preventDefault();
  for (const other of held.parentElement.children) other.toggleAttribute("data-over", other === entry);
});
document.body.addEventListener("drop", (event) => {
  const entry = entryOf(event.target);
  if (!isLike(entry)) return;
  event.preventDefault();
  send(entry.closest("[data-menu-form]"), `move:${held.dataset.place}:${entry.dataset.place}`);
});
document.body.addEventListener("dragend", () => {
  for (const entry of document.querySelectorAll(".menu-entry")) {
    delete entry.dataset.held;
    entry.removeAttribute("data-over");
  }
  held = null;
});
