// The designers of workflows and settings work without this: every button posts the page. This saves the reload, keeps
// what is typed as it is typed, redraws the diagram, and lets entries be dragged or moved by keys.
(() => {
  const form = () => document.getElementById("designer");
  const DRAWN = ["wf-state", "wf-steps", "wf-list", "wf-figure", "wf-unplaced", "wf-findings"];
  let busy = Promise.resolve();
  let dragged = null;
  let waiting = 0;

  const say = (text) => { document.getElementById("wf-said").textContent = text; };
  // One after the other: each answer brings the digest that the next one must name.
  const inTurn = (work) => {
    waiting += 1;
    form().setAttribute("aria-busy", "true");
    busy = busy.then(work).catch(() => say("没有保存上，请刷新后再试")).then(() => {
      waiting -= 1;
      form().inert = false;
      form().toggleAttribute("aria-busy", waiting > 0);
    });
  };

  // Post the page with one button; null when the answer is no page of the designer (signed out, gone elsewhere).
  const post = async (what, data) => {
    data.set("do", what);
    const answer = await fetch(form().action, { method: "POST", body: new URLSearchParams(data) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.getElementById("designer")) {
      location.href = answer.url;
      return null;
    }
    return { page, url: answer.url, ok: answer.ok };
  };

  const told = (page) => {
    const given = [...page.querySelectorAll("main .note[role=status]")];
    document.querySelectorAll("main .note[role=status]").forEach((note) => { note.remove(); });
    form().before(...given);
    const faults = page.querySelector("#designer .errsum");
    return [...given, faults].map((one) => one?.textContent.trim().replace(/\s+/g, " ") || "").join(" ").trim();
  };

  // Everything anew: another thing is open, or something was added, moved, taken out.
  // What could be typed meanwhile would be lost with the properties, so nothing can be for that moment.
  const press = (what, focus) => inTurn(async () => {
    await new Promise((go) => { setTimeout(go); });
    const held = document.activeElement?.id;
    const data = new FormData(form());
    form().inert = true;
    const got = await post(what, data);
    if (!got) return;
    const words = told(got.page);
    form().replaceWith(got.page.getElementById("designer"));
    if (got.ok) history.replaceState(null, "", got.url);
    const at = form().elements.at.value;
    const target = form().querySelector(".errsum") || (focus === "held" && held && document.getElementById(held))
      || (focus && focus !== "held" && form().querySelector(focus))
      || (focus === "list" ? line(at) : null);
    target?.focus({ preventScroll: focus === "list" });
    say(words || `打开了${form().querySelector("#props-title").textContent}`);
  });

  // Only what is drawn: the properties stay under the hands of who types.
  const keep = () => inTurn(async () => {
    const data = new FormData(form());
    const got = await post("save", data);
    if (!got) return;
    const fresh = got.page.getElementById("designer");
    for (const name of ["seen", "form_token"]) form().elements[name].value = fresh.elements[name].value;
    for (const id of DRAWN) document.getElementById(id)?.replaceWith(got.page.getElementById(id));
    form().querySelectorAll("[data-said]").forEach((place) => {
      const now = got.page.getElementById(place.id);
      if (now) place.replaceChildren(...now.childNodes);
    });
    const reading = form().querySelector("[data-reading]");
    if (reading) reading.replaceChildren(...(got.page.querySelector("[data-reading]")?.childNodes || []));
    form().querySelectorAll("[id^='p-']").forEach((control) => {
      const now = got.page.getElementById(control.id);
      if (now?.getAttribute("aria-invalid")) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
      const untouched = control.type === "text" && control.value === data.get(control.name);
      if (now && untouched && control !== document.activeElement) control.value = now.value;
    });
    const summary = got.page.querySelector("#designer .errsum");
    if (!got.ok && !summary) told(got.page);
    say(summary ? summary.textContent.trim().replace(/\s+/g, " ") : "已保存");
  });

  const line = (path) => form().querySelector(`.d-line[data-path="${path}"]`);

  document.addEventListener("submit", (event) => {
    if (event.target !== form()) return;
    const button = event.submitter;
    const what = button?.value || "save";
    if (/^(go|beside):/.test(what)) return;
    event.preventDefault();
    press(what, what.startsWith("open:") ? "list" : what === "save" ? null : /^(stage|action|add):/.test(what) ? "[name='p.name']" : "list");
  });

  // Kinds change which properties there are, so those ask for the whole page again.
  document.addEventListener("change", (event) => {
    if (!event.target.name?.startsWith("p.") || !form().contains(event.target)) return;
    if (event.target.closest(".either") || form().dataset.redrawn.split(" ").includes(event.target.name.slice(2))) press("save", "held");
    else keep();
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener && form().contains(opener) && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      press(`open:${opener.dataset.open}`, "list");
    }
    const pick = event.target.closest("[data-pick]");
    const box = form()?.querySelector(".d-formula");
    if (pick && box) {
      box.setRangeText(pick.dataset.pick, box.selectionStart, box.selectionEnd, "end");
      box.focus();
    }
  });

  document.addEventListener("keydown", (event) => {
    const here = event.target.closest?.(".wf-list .d-line");
    if (!here || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    const step = event.key === "ArrowUp" ? -1 : 1;
    if (event.altKey) {
      if (here.dataset.path) press(`${step < 0 ? "up" : "down"}:${here.dataset.path}`, "list");
      return;
    }
    const all = [...form().querySelectorAll(".wf-list .d-line")];
    all[all.indexOf(here) + step]?.focus();
  });

  const level = (path) => path.split(".").length;
  const fits = (target) => {
    if (!dragged || !target) return false;
    if (dragged.tile) return level(target) === 2;
    if (dragged.path === target) return false;
    if (level(dragged.path) === level(target)) return level(target) === 2 || dragged.path.split(".")[1] === target.split(".")[1];
    return level(dragged.path) > level(target);
  };
  const over = (event) => event.target.closest?.("[data-drop], .wf-list li[data-path]");
  const clear = () => form()?.querySelectorAll(".drop").forEach((one) => { one.classList.remove("drop"); });

  document.addEventListener("dragstart", (event) => {
    const tile = event.target.closest?.("[data-tile]");
    const item = event.target.closest?.("li[data-path]");
    dragged = tile ? { tile: tile.dataset.tile } : item ? { path: item.dataset.path } : null;
    if (dragged) event.dataTransfer.setData("text/plain", dragged.tile || dragged.path);
  });
  document.addEventListener("dragover", (event) => {
    const place = over(event);
    if (!place || !fits(place.dataset.drop || place.dataset.path)) return;
    event.preventDefault();
    clear();
    (place.querySelector(".wf-box") || place).classList.add("drop");
  });
  document.addEventListener("drop", (event) => {
    const place = over(event);
    const target = place && (place.dataset.drop || place.dataset.path);
    if (!place || !fits(target)) return;
    event.preventDefault();
    clear();
    press(dragged.tile ? `stage:${dragged.tile}>${target}` : `place:${dragged.path}>${target}`, dragged.tile ? "[name='p.name']" : "list");
    dragged = null;
  });
  document.addEventListener("dragend", () => { clear(); dragged = null; });
})();
