// Beside the sheet on wide screens: evidence opens in a pane; elsewhere the link opens the file as usual.
(() => {
  const pane = document.querySelector(".pane");
  const columns = pane?.closest(".cols-case");
  if (!columns) return;
  const frame = pane.querySelector("iframe");
  const wide = matchMedia("(min-width: 992px)");
  let opener = null;
  const shown = /\.(pdf|png|jpe?g)$/i;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-pane]");
    if (!link || !wide.matches || event.ctrlKey || event.metaKey || !shown.test(link.dataset.pane)) return;
    event.preventDefault();
    opener = link;
    frame.src = link.href;
    pane.querySelector("[data-pane-title]").textContent = link.dataset.pane;
    pane.querySelector("[data-pane-open]").href = link.href;
    pane.hidden = false;
    columns.classList.add("with-pane");
  });
  const close = () => {
    if (pane.hidden) return;
    pane.hidden = true;
    frame.removeAttribute("src");
    columns.classList.remove("with-pane");
    opener?.focus();
  };
  pane.querySelector("[data-pane-close]").addEventListener("click", close);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
})();
