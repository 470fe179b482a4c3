// Names the files that were chosen beside their button. Uploads that start at once name their own.
document.addEventListener("change", ({ target }) => {
  if (target.type !== "file" || target.dataset.uploadUrl) return;
  const place = target.closest(".drop")?.querySelector("[data-chosen]");
  if (place) place.textContent = [...target.files].map((file) => file.name).join("、");
});
