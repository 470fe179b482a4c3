// While a formula is typed: what it says, where it is wrong, what it gives; names are picked by a click.
(() => {
  let waiting = 0;
  let last = null;
  const form = () => document.querySelector("#designer");
  const slotOf = (control) => control.dataset.slot || /^sample\.([a-z_]+)\./.exec(control.name || "")?.[1];

  async function look(slot) {
    const page = form();
    const data = new URLSearchParams([...new FormData(page)].filter(([name]) => name === "csrf_token" || name === `p.${slot}` || name.startsWith(`sample.${slot}.`)));
    data.set("slot", slot);
    const answer = await fetch(page.dataset.formula, { method: "POST", body: data });
    if (!answer.ok || page !== form()) return;
    const found = await answer.json();
    page.querySelector(`[data-said="${slot}"]`).innerHTML = found.said;
    const samples = page.querySelector(`[data-samples="${slot}"]`);
    if (samples.dataset.names !== found.names.join(" ") && !found.error) {
      samples.innerHTML = found.samples;
      samples.dataset.names = found.names.join(" ");
    }
    page.querySelector(`[data-slot="${slot}"]`).toggleAttribute("aria-invalid", Boolean(found.error));
  }

  document.addEventListener("input", (event) => {
    const slot = slotOf(event.target);
    if (!slot || !form()?.contains(event.target)) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => look(slot).catch(() => {}), 250);
  });
  document.addEventListener("focusin", (event) => { if (event.target.matches(".d-formula")) last = event.target; });
  document.addEventListener("click", (event) => {
    const pick = event.target.closest("[data-pick]");
    if (!pick) return;
    const box = last?.isConnected ? last : document.querySelector(".d-formula");
    if (!box) return;
    box.setRangeText(pick.dataset.pick, box.selectionStart, box.selectionEnd, "end");
    box.focus();
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
