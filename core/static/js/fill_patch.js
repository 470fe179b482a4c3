// Takes over what the server drew anew: calculated figures, totals, questions that now apply or no longer do,
// fields that another tab saved, evidence, the list of sections. Never touches the control being typed in.
(() => {
  const section = document.querySelector("[data-section]");
  if (!section) return;
  const keyOf = (block) => block.querySelector('[id^="f-"]')?.id.replace(/-(label|hint|error)$/, "");
  const blocks = (root) => new Map([...root.querySelectorAll(".q")].map((block) => [keyOf(block), block]));
  const parsed = (html) => new DOMParser().parseFromString(html, "text/html");

  function swap(old, fresh) {
    if (old && fresh && !old.contains(document.activeElement)) old.replaceWith(document.importNode(fresh, true));
  }

  function figures(old, fresh) {
    for (const kind of [".calc", "tfoot"]) {
      const now = [...old.querySelectorAll(kind)], next = [...fresh.querySelectorAll(kind)];
      now.forEach((place, n) => { if (next[n] && place.innerHTML !== next[n].innerHTML) swap(place, next[n]); });
    }
  }

  function draw(html, refresh = []) {
    const before = blocks(section);
    let last = null;
    for (const [key, fresh] of blocks(parsed(html))) {
      const old = before.get(key);
      if (!old) { if (last) { const added = document.importNode(fresh, true); last.after(added); last = added; } continue; }
      last = old;
      if (old.hidden !== fresh.hidden || refresh.includes(key.slice(2))) { swap(old, fresh); last = blocks(section).get(key) || last; }
      else figures(old, fresh);
      before.delete(key);
    }
  }

  document.addEventListener("fill:saved", ({ detail }) => {
    draw(detail.html, detail.refresh);
    document.querySelectorAll("[data-rail]").forEach((place) => { place.innerHTML = detail.rail; });
    const conflicts = document.querySelector("[data-conflicts]");
    if (conflicts.contains(document.activeElement) && detail.conflicts) return;
    conflicts.innerHTML = detail.conflicts;
  });

  // After an upload only the evidence of that one field is new.
  document.addEventListener("fill:evidence", ({ detail }) => {
    const fresh = parsed(detail.html).getElementById(detail.id)?.closest(".drop")?.parentElement;
    const old = document.getElementById(detail.id)?.closest(".drop")?.parentElement;
    if (!fresh || !old) return;
    old.replaceWith(document.importNode(fresh, true));
    document.getElementById(detail.id).focus();
  });
})();
