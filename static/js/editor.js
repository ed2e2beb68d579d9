// The editor: Vditor over the textarea, pictures by drop, paste and library, quotes for comments.

{
  const form = document.querySelector("form[data-editor]");
  const body = document.getElementById("id_body");
  const autosave = new Autosave(form);
  const chinese = form.dataset.language.startsWith("zh");
  let state = document.querySelector("#item-head .pill")?.dataset.state;
  let vditor = null;

  for (const part of document.querySelectorAll("[data-needs-script]")) part.hidden = false;

  // --- The body ------------------------------------------------------------------------------------

  const isDark = () => getComputedStyle(document.documentElement).colorScheme === "dark"
    || (getComputedStyle(document.documentElement).colorScheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);

  // Opening a text must not change it: only what is written after `known` goes back into the field.
  let known = null;
  autosave.pull = () => {
    if (known === null) return;
    const text = vditor.getValue();
    if (text === known) return;
    known = text;
    body.value = text.replaceAll("\u200b", "");
    count();
  };

  const count = () => {
    const signs = body.value.replace(/!\[[^\]]*\]\([^)]*\)/g, "").replace(/[#>*_`~\s-]/g, "");
    const pictures = (body.value.match(/!\[[^\]]*\]\([^)]*\)/g) ?? []).length;
    document.getElementById("body-count").textContent = form.dataset.wordCount
      .replace("{signs}", signs.length.toLocaleString()).replace("{pictures}", pictures);
  };

  const tool = (name, icon, more = {}) => ({
    name, icon: `<svg class="icon-line"><use href="${form.dataset.icons}#${icon}"></use></svg>`, ...more,
  });

  const start = () => {
    const place = document.getElementById("body-editor");
    place.hidden = false;
    vditor = new Vditor(place, {
      cdn: form.dataset.vditor,
      lang: chinese ? "zh_CN" : "en_US",
      mode: "ir",
      theme: isDark() ? "dark" : "classic",
      icon: "ant",
      value: body.value,
      minHeight: 360,
      placeholder: "",
      cache: { enable: false },
      counter: { enable: false },
      resize: { enable: false },
      link: { isOpen: false },
      image: { isPreview: false },
      preview: { hljs: { enable: false }, math: { inlineDigit: false }, theme: { current: "", path: "" }, markdown: { sanitize: true, mark: false, footnotes: false, toc: false, codeBlockPreview: false, mathBlockPreview: false } },
      hint: { emoji: {} },
      toolbar: [
        tool("headings", "h-2"), tool("bold", "bold"), tool("italic", "italic"), tool("strike", "strikethrough"), "|",
        tool("quote", "quote"), tool("list", "list"), tool("ordered-list", "list-numbers"), tool("table", "table"),
        tool("link", "link"), tool("line", "minus"), "|",
        tool("library", "photo", { tip: form.dataset.wordLibrary, tipPosition: "s", click: () => pick("body") }), "|",
        tool("undo", "arrow-back-up"), tool("redo", "arrow-forward-up"), "|",
        tool("edit-mode", "markdown"), tool("fullscreen", "maximize"),
      ],
      upload: { accept: "image/*", multiple: true, handler: (files) => upload([...files]) },
      input: () => body.dispatchEvent(new Event("input", { bubbles: true })),
      after: () => {
        body.hidden = true;
        known = vditor.getValue();
        const area = place.querySelector(".vditor-ir .vditor-reset");
        area?.setAttribute("aria-label", document.querySelector("label[for=id_body]").textContent);
        area?.setAttribute("aria-multiline", "true");
        area?.setAttribute("role", "textbox");
        for (const button of place.querySelectorAll(".vditor-toolbar button[aria-label]")) button.type = "button";
        document.body.dataset.editorReady = "";
        markQuotes();
      },
    });
  };

  // --- Pictures --------------------------------------------------------------------------------------

  const show = (asset) => vditor.insertValue(`![${(asset.alt || "").replace(/[[\]\n]/g, " ")}](${asset.url})\n`);

  const upload = async (files) => {
    for (const file of files) {
      const data = new FormData();
      data.append("file", file, file.name || "picture.png");
      vditor.tip(`${form.dataset.wordUploading} ${file.name}`, 0);
      try {
        const answer = await fetch(form.dataset.upload, {
          method: "POST", body: data,
          headers: { Accept: "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
        });
        const told = await answer.json();
        if (!answer.ok) { vditor.tip(told.problem, 12000); continue; }
        vditor.tip(told.name, 1500);
        show(told);
      } catch {
        vditor.tip(form.dataset.wordOffline, 12000);
      }
    }
    return null;
  };

  const pick = (purpose) => {
    const button = document.querySelector(`[data-pick-asset="${purpose}"]`);
    button?.click();
  };

  const setFile = async (name, id) => {
    form.elements[name].value = id ?? "";
    form.elements[name].dispatchEvent(new Event("change", { bubbles: true }));
    const answer = await fetch(`${form.dataset.cover}?asset=${id ?? ""}${name === "video" ? "&video" : ""}`);
    if (answer.ok) document.getElementById(name).outerHTML = await answer.text();
  };

  document.addEventListener("asset:picked", ({ detail }) => {
    if (detail.purpose === "body") show(detail);
    if (detail.purpose === "cover" || detail.purpose === "video") setFile(detail.purpose, detail.id);
  });
  form.querySelector("[data-no-cover]")?.addEventListener("click", () => setFile("cover", null));
  form.querySelector("[data-no-video]")?.addEventListener("click", () => setFile("video", null));

  // --- Saving ----------------------------------------------------------------------------------------

  // Nothing is sent off before the words are: forms marked data-flush wait for the save.
  document.addEventListener("submit", async (event) => {
    const waits = event.target === form || event.target.matches("[data-flush]");
    if (!waits || event.target.dataset.flushed === "yes" || event.defaultPrevented) return;
    event.preventDefault();
    const saved = await autosave.save();
    if (event.target === form && !event.submitter?.hasAttribute("formaction")) return;
    if (!saved) return;
    await new Promise((resolve) => setTimeout(resolve)); // while its submit event still runs, a form ignores another
    event.target.dataset.flushed = "yes";
    event.target.requestSubmit(event.submitter);
    delete event.target.dataset.flushed;
  });

  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "s" || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    autosave.save();
  });

  form.addEventListener("item:saved", ({ detail }) => {
    const isNew = form.dataset.item === "new";
    if (isNew) {
      localStorage.removeItem(autosave.key);
      form.dataset.item = detail.id;
      form.action = detail.save_url;
      history.replaceState(null, "", detail.url);
    }
    if (isNew || detail.state !== state) renew(detail.url);
    state = detail.state;
  });

  // The parts around the text, from the page as it is now; the text itself is never touched.
  const renew = async (url) => {
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of ["item-head", "item-tabs", "item-checks", "item-aside"]) {
      const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
      if (!old || !fresh) continue;
      old.replaceWith(fresh);
      htmx.process(fresh);
    }
  };

  // --- Words that a check means ------------------------------------------------------------------------

  const selectIn = (field, link) => {
    field.focus();
    const [start, end] = (link.dataset.places ?? "0-0").split(" ")[0].split("-").map(Number);
    const signs = [...field.value];
    field.setSelectionRange(signs.slice(0, start).join("").length, signs.slice(0, end).join("").length);
  };

  // In the body the marks of Markdown are drawn, so the words are looked for; each press finds the next.
  const selectInBody = (link) => {
    const text = document.querySelector("#body-editor .vditor-ir .vditor-reset");
    const words = link.dataset.excerpt;
    if (!text || !words) return text?.focus();
    const found = [];
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      for (let at = walker.currentNode.data.indexOf(words); at >= 0; at = walker.currentNode.data.indexOf(words, at + 1))
        found.push([walker.currentNode, at]);
    }
    const turn = Number(link.dataset.turn ?? 0) % (found.length || 1);
    link.dataset.turn = turn + 1;
    text.focus();
    if (!found.length) return;
    const [node, at] = found[turn];
    getSelection().setBaseAndExtent(node, at, node, at + words.length);
    node.parentElement.scrollIntoView({ block: "center" });
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-show-words]");
    if (!link) return;
    const field = document.querySelector(link.hash);
    event.preventDefault();
    if (field === body && vditor) selectInBody(link);
    else if (field) selectIn(field, link);
  });

  // --- Quotes ------------------------------------------------------------------------------------------

  document.addEventListener("selectionchange", () => {
    const chosen = getSelection();
    const place = chosen.anchorNode?.parentElement?.closest(".vditor-reset, .reading-text");
    if (!place || chosen.isCollapsed) return;
    const quote = chosen.toString().trim().slice(0, 300);
    const field = document.querySelector("[data-quote]");
    if (!field) return;
    field.value = quote;
    const shown = document.getElementById("quote-shown");
    shown.textContent = quote;
    shown.hidden = !quote;
  });

  // Quoted words are underlined in the text, without touching it.
  const markQuotes = () => {
    if (!CSS.highlights || !vditor) return;
    const quotes = [...document.querySelectorAll("#review li:not([data-done]) [data-quoted]")].map((quote) => quote.textContent);
    const ranges = [];
    const text = document.querySelector("#body-editor .vditor-reset");
    if (!text) return;
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      for (const quote of quotes) {
        const at = walker.currentNode.data.indexOf(quote);
        if (at < 0) continue;
        const range = new Range();
        range.setStart(walker.currentNode, at);
        range.setEnd(walker.currentNode, at + quote.length);
        ranges.push(range);
      }
    }
    CSS.highlights.set("quoted", new Highlight(...ranges));
  };
  document.body.addEventListener("htmx:afterSettle", markQuotes);

  // --- Beginning -----------------------------------------------------------------------------------------

  const summary = document.getElementById("id_summary");
  const grow = () => {
    summary.rows = 1;
    while (summary.rows < 8 && summary.scrollHeight > summary.clientHeight + 2) summary.rows += 1;
  };
  summary.addEventListener("input", grow);

  const left = autosave.left();
  if (left) {
    const fields = new URLSearchParams(left.text);
    for (const name of ["title", "summary", "body", "tags"]) if (fields.has(name)) form.elements[name].value = fields.get(name);
    autosave.revision = left.revision;
    autosave.show("saving", "cloud-upload", form.dataset.wordBack);
    autosave.soon(1500);
  }
  count();
  grow();
  if (window.Vditor) start();
}
