// Pictures and videos: upload by choosing, dropping or pasting, several at once with progress; and the picker.
// Elsewhere: `data-pick-asset="<purpose>"` with `data-picker-url` opens the picker; choosing fires
// `asset:picked` on the document with {purpose, id, url, thumb, name, alt, width, height}.

document.documentElement.classList.add("scripted");

{

const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

// Send one file; resolves with the answer of `content:asset-upload`, rejects with a sentence.
const send = (address, file, onProgress = () => {}, lost = "") =>
  new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open("POST", address);
    call.setRequestHeader("Accept", "application/json");
    call.setRequestHeader("X-CSRFToken", token());
    call.responseType = "json";
    call.upload.onprogress = ({ loaded, total }) => onProgress((100 * loaded) / total);
    call.onerror = () => reject(new Error(lost));
    call.onload = () =>
      call.status === 200 && call.response ? resolve(call.response) : reject(new Error(call.response?.problem ?? lost));
    const form = new FormData();
    form.append("file", file, file.name);
    call.send(form);
  });

const LARGE = 20_000_000;  // so large that people want to see a number move

const pictures = (list) => [...(list ?? [])].filter((file) => file instanceof File);

// --- A list of uploads, in the library and in the picker ------------------------------------------------

const uploadAll = async (form, files) => {
  const place = form.closest("[data-uploads], [data-picker]");
  const words = place.querySelector("[data-words-new]").dataset;
  const jobs = files.map((file) => ({ file, row: addRow(place, file) }));
  let added = 0;
  for (const { file, row } of jobs) added += await uploadOne(form.action, file, row, words);
  if (added) document.body.dispatchEvent(new CustomEvent("asset:added"));
};

const addRow = (place, file) => {
  const row = place.querySelector("[data-upload-row]").content.cloneNode(true).firstElementChild;
  row.querySelector("[data-name]").textContent = file.name;
  place.querySelector("[data-upload-list]").prepend(row);
  return row;
};

const uploadOne = async (address, file, row, words) => {
  const say = (text) => (row.querySelector("[data-words]").textContent = text);
  const bar = row.querySelector("progress");
  row.dataset.state = "sending";
  say(words.wordsSending);
  try {
    const made = await send(address, file, (percent) => {
      bar.value = percent;
      say(percent >= 100 ? words.wordsWorking : file.size > LARGE ? `${words.wordsSending} ${Math.floor(percent)} %` : words.wordsSending);
    }, words.wordsLost);
    const image = Object.assign(new Image(), { src: made.thumb, alt: "" });
    row.querySelector(".upload-thumb").replaceChildren(image);
    row.querySelector("[data-name]").textContent = made.name;
    row.dataset.state = "done";
    say(made.duplicate ? words.wordsKnown : words.wordsNew);
    askForWords(row, made, say, words);
    return 1;
  } catch (error) {
    row.dataset.state = "failed";
    say(error.message);
    return 0;
  }
};

// The alternative text is asked for on the spot.
const askForWords = (row, made, say, words) => {
  const field = row.querySelector("[data-alt]");
  field.value = made.alt;
  field.closest("label").hidden = false;
  field.addEventListener("change", async () => {
    const body = new FormData();
    body.append("name", made.name);
    body.append("alt_text", field.value);
    const headers = { "HX-Request": "true", "X-CSRFToken": token() };
    const answer = await fetch(made.url.replace(/file$/, "edit"), { method: "POST", body, headers }).catch(() => null);
    say(answer?.ok ? words.wordsDescribed : words.wordsLost);
    if (answer?.ok) document.body.dispatchEvent(new CustomEvent("asset:added"));
  });
};

document.addEventListener("change", ({ target }) => {
  const form = target.closest("[data-upload-form]");
  if (!form || target.type !== "file" || !target.files.length) return;
  const files = pictures(target.files);
  target.value = "";
  uploadAll(form, files);
});

const dropPlace = () => document.querySelector("dialog[data-picker][open] [data-upload-form]") ?? document.querySelector("[data-uploads] [data-upload-form]");
const marked = (target) => target.closest?.("textarea[data-pictures]") ?? dropPlace();

for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    const place = marked(event.target);
    if (!place) return;
    event.preventDefault();
    place.toggleAttribute("data-dropping", name === "dragover");
    if (name === "drop") take(place, pictures(event.dataTransfer.files));
  });
}

document.addEventListener("paste", (event) => {
  const files = pictures(event.clipboardData?.files);
  const place = files.length ? marked(event.target) : null;
  if (!place) return;
  event.preventDefault();
  take(place, files);
});

const take = (place, files) => {
  if (!files.length) return;
  if (place.matches("textarea")) for (const file of files) intoText(place, file);
  else uploadAll(place, files);
};

// --- Pictures in a plain Markdown field --------------------------------------------------------------------

const intoText = async (field, file) => {
  const address = field.form.querySelector("[data-picker-url]")?.dataset.pickerUrl.replace(/pick.*$/, "upload");
  if (!address) return;
  try {
    insert(field, await send(address, file));
  } catch (error) {
    const note = Object.assign(document.createElement("p"), { className: "field-problem", textContent: error.message });
    note.setAttribute("role", "alert");
    field.after(note);
    setTimeout(() => note.remove(), 12000);
  }
};

const insert = (field, { url, alt }) => {
  const before = field.value.slice(0, field.selectionStart);
  const gap = before && !before.endsWith("\n") ? "\n\n" : "";
  field.setRangeText(`${gap}![${(alt ?? "").replaceAll("]", "")}](${url})\n`, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
};

// --- The picker --------------------------------------------------------------------------------------------

let opener = null;

document.addEventListener("click", async ({ target }) => {
  const asked = target.closest("[data-pick-asset]");
  if (asked) return open(asked);
  const picker = target.closest("dialog[data-picker]");
  if (!picker) return;
  if (target === picker || target.closest("[data-close]")) return picker.close();
  const pick = target.closest("[data-pick]");
  if (!pick) return;
  const { id, url, thumb, name, alt, width, height } = pick.dataset;
  const detail = { purpose: picker.dataset.purpose, id: Number(id), url, thumb, name, alt, width: Number(width), height: Number(height) };
  picker.close();
  document.dispatchEvent(new CustomEvent("asset:picked", { detail }));
});

const open = async (asked) => {
  opener = asked;
  const base = asked.dataset.pickerUrl ?? document.querySelector("[data-picker-url]")?.dataset.pickerUrl;
  const address = new URL(base, location.href);
  address.searchParams.set("purpose", asked.dataset.pickAsset);
  const answer = await fetch(address, { headers: { "HX-Request": "true" } });
  if (!answer.ok) return;
  document.querySelector("dialog[data-picker]")?.remove();
  document.body.insertAdjacentHTML("beforeend", await answer.text());
  const picker = document.querySelector("dialog[data-picker]");
  window.htmx?.process(picker);
  picker.addEventListener("close", () => (picker.remove(), opener?.focus()));
  picker.showModal();
};

document.addEventListener("asset:picked", ({ detail }) => {
  if (detail.purpose === "body") {
    const field = document.querySelector("textarea[data-pictures]");
    if (field) insert(field, detail);
  }
  if (detail.purpose === "variant-video") {
    const field = document.querySelector("#variant-video input[name=video]");
    if (!field) return;
    field.value = detail.id;
    field.form.dispatchEvent(new Event("change", { bubbles: true }));
  }
  if (detail.purpose === "variant-images") {
    const list = document.querySelector("#pictures .pick-list");
    if (!list || list.querySelector(`input[value="${detail.id}"]`)) return;
    const input = Object.assign(document.createElement("input"), { type: "hidden", name: "images", value: detail.id });
    const row = document.createElement("li");
    row.append(input, Object.assign(new Image(), { src: detail.thumb, alt: detail.alt }));
    list.append(row);
    input.form.dispatchEvent(new Event("change", { bubbles: true }));
  }
});
}
