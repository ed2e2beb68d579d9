// Files of figures: any number dropped or chosen, sent one after the other with progress. Pages work without it.

document.documentElement.classList.add("scripted");

const place = document.querySelector("[data-imports]");
if (place) {

const form = place.querySelector("[data-import-form]");
const words = place.querySelector("[data-words-new]").dataset;
const token = () => form.querySelector("[name=csrfmiddlewaretoken]").value;

const send = (file, onProgress) =>
  new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open("POST", form.action);
    call.setRequestHeader("Accept", "application/json");
    call.setRequestHeader("X-CSRFToken", token());
    call.responseType = "json";
    call.upload.onprogress = ({ loaded, total }) => onProgress((100 * loaded) / total);
    call.onerror = () => reject(new Error(words.wordsLost));
    call.onload = () =>
      call.status === 200 && call.response ? resolve(call.response.files[0]) : reject(new Error(call.response?.problem || words.wordsLost));
    const body = new FormData();
    body.append("file", file, file.name);
    call.send(body);
  });

const addRow = (file) => {
  const row = place.querySelector("[data-import-row]").content.cloneNode(true).firstElementChild;
  row.querySelector("[data-name]").textContent = file.name;
  place.querySelector("[data-import-list]").append(row);
  return row;
};

const sendOne = async ({ file, row }) => {
  const say = (text) => (row.querySelector("[data-words]").textContent = text);
  row.dataset.state = "sending";
  say(words.wordsSending);
  try {
    const made = await send(file, (percent) => (row.querySelector("progress").value = percent));
    if (made.known) {
      row.dataset.state = "done";
      const link = Object.assign(document.createElement("a"), { href: made.to, textContent: words.wordsKnown });
      row.querySelector("[data-words]").replaceChildren(link);
    } else row.remove(); // the list below shows it from here on
    document.body.dispatchEvent(new CustomEvent("import:added"));
  } catch (error) {
    row.dataset.state = "failed";
    say(error.message);
  }
};

const sendAll = async (files) => {
  for (const job of files.map((file) => ({ file, row: addRow(file) }))) await sendOne(job);
};

form.querySelector("input[type=file]").addEventListener("change", ({ target }) => {
  sendAll([...target.files]);
  target.value = "";
});

// The whole page takes what is dropped: a file that misses the frame would leave the page.
const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
document.addEventListener("dragover", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  form.dataset.dropping = "";
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) delete form.dataset.dropping;
});
document.addEventListener("drop", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  delete form.dataset.dropping;
  sendAll([...event.dataTransfer.files]);
});

}
