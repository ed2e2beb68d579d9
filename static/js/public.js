// Public pages: tell once that an article is in front of somebody. No cookie, no name, nothing stored here.
(() => {
  const article = document.querySelector("[data-seen]");
  if (!article) return;
  let told = false;

  function tell() {
    if (told || document.prerendering || document.visibilityState !== "visible") return;
    told = true;
    fetch(article.dataset.seen, { method: "POST", keepalive: true, credentials: "omit" }).catch(() => {});
  }

  document.addEventListener("visibilitychange", tell);
  document.addEventListener("prerenderingchange", tell);
  tell();
})();
