// Drag a tile of the palette or a line of the outline behind another line; the same is done by buttons and keys.
(() => {
  const SORT = (path) => path.replace(/\.\d+/g, "");
  let dragged = null;
  const clear = () => document.querySelectorAll("[data-drop]").forEach((one) => { delete one.dataset.drop; });

  // What the line would take: "after", "inside", or nothing.
  function fits(line) {
    const there = SORT(line.dataset.path);
    if (dragged.tile) {
      const sort = dragged.tile.split(":")[0];
      if (sort === "field") return there === "sections" ? "inside" : there.startsWith("sections.fields") ? "after" : "";
      if (sort === "column") return there === "sections.fields.columns" ? "after" : there === "sections.fields" ? "inside" : "";
      return "after";
    }
    const here = SORT(dragged.path);
    if (line.dataset.path === dragged.path || line.dataset.path.startsWith(`${dragged.path}.`)) return "";
    if (here === there) return "after";
    return here === `${there}.${here.split(".").pop()}` ? "inside" : "";
  }

  document.addEventListener("dragstart", (event) => {
    const from = event.target.closest?.("[data-tile], .d-line[draggable]");
    if (!from?.closest("#designer")) return;
    dragged = { tile: from.dataset.tile, path: from.dataset.path };
    from.classList.add("dragging");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", from.textContent.trim());
  });
  document.addEventListener("dragover", (event) => {
    const line = dragged && event.target.closest?.(".d-line[data-path]");
    clear();
    const how = line?.dataset.path && fits(line);
    if (!how) return;
    event.preventDefault();
    line.dataset.drop = how;
  });
  document.addEventListener("drop", (event) => {
    const line = dragged && event.target.closest?.(".d-line[data-path]");
    if (!line || !fits(line)) return;
    event.preventDefault();
    const target = line.dataset.path;
    if (dragged.tile) window.designer.press(`add:${dragged.tile}>${target}`);
    else window.designer.press(`place:${dragged.path}>${target}`);
  });
  document.addEventListener("dragend", () => {
    document.querySelectorAll(".dragging").forEach((one) => one.classList.remove("dragging"));
    clear();
    dragged = null;
  });
})();
