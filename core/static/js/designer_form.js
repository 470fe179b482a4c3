// The form designer works without this: every button posts the page. Here the post goes by fetch and only the page's
// main part is drawn anew, the keyboard walks and moves the outline, and what was done is said aloud.
(() => {
  const main = document.querySelector("#main");
  const live = document.createElement("p");
  live.className = "visually-hidden";
  live.setAttribute("aria-live", "polite");
  document.body.append(live);
  const form = () => document.querySelector("#designer");
  let busy = false;
  let leaving = false;
  let next = null;

  // On a phone the palette begins folded; the outline keeps open what was open.
  function settle() {
    if (matchMedia("(max-width:991.98px)").matches) document.querySelectorAll("[data-phone-closed]").forEach((one) => { one.open = false; });
  }
  const opened = () => new Map([...document.querySelectorAll(".d-section details")].map((one) => [one.dataset.path, one.open]));

  const answers = (data) => [...new Set(data.keys())].filter((name) => /^(p|sample)\./.test(name));
  const texts = (data, name) => data.getAll(name).join("\n");

  // What was typed while the answer was under way goes over into the new page of the same thing.
  function carry(sent, old, fresh) {
    if (old.dataset.at !== fresh.dataset.at) return;
    const now = new FormData(old);
    answers(now).filter((name) => texts(now, name) !== texts(sent, name)).forEach((name) => {
      const control = fresh.elements.namedItem(name);
      if (control && "value" in control && control.type !== "checkbox") control.value = now.get(name);
    });
  }

  function place(what, name) {
    const page = form();
    const wanted = page.querySelector(".errsum, [aria-invalid]") && what === "save" ? page.querySelector("[aria-invalid]") : null;
    const line = page.querySelector(".d-line[aria-current]");
    const after = { add: "#p-label, #p-title, #p-message, #p-whole", save: `[name="${name}"]`, try: `[name="${name}"]` }[what];
    const target = wanted || (after && page.querySelector(after)) || (["undo", "redo"].includes(what) && page.querySelector(`[value=${what}]:enabled`)) || line;
    line?.scrollIntoView({ block: "nearest" });
    if (what === "open" && matchMedia("(max-width:991.98px)").matches) {
      const panel = page.querySelector("#props");
      panel.tabIndex = -1;
      panel.scrollIntoView();
      panel.focus({ preventScroll: true });
      return;
    }
    target?.focus({ preventScroll: matchMedia("(min-width:992px)").matches });
    if (what === "add" && target?.select) target.select();
  }

  function show(answer, text, action, sent, name) {
    const what = action.split(":")[0];
    const page = new DOMParser().parseFromString(text, "text/html");
    const fresh = page.querySelector("#designer");
    if (!fresh) {
      leaving = true;
      if (answer.redirected && !answer.url.includes("/sign-in")) location.assign(answer.url);
      else send(action);
      return;
    }
    carry(sent, form(), fresh);
    const folds = opened();
    main.replaceChildren(...page.querySelector("#main").childNodes);
    document.title = page.title;
    document.querySelectorAll(".d-section details").forEach((one) => { one.open = one.open || folds.get(one.dataset.path) === true; });
    settle();
    if (answer.redirected) history.replaceState(null, "", answer.url.replace(/[?&]new=1/, ""));
    live.textContent = [...main.querySelectorAll("[role=status], .errsum h2")].map((one) => one.textContent.trim()).join(" ");
    place(what, name);
    document.dispatchEvent(new CustomEvent("designer:drawn"));
  }

  // The way without scripts: whoever has to sign in anew, or whose connection broke, loses nothing typed.
  function send(action) {
    const button = document.createElement("button");
    Object.assign(button, { name: "do", value: action, hidden: true });
    form().append(button);
    delete form().dataset.sent;
    button.click();
  }

  async function press(action) {
    if (busy) { next = action; return; }
    busy = true;
    const page = form();
    const name = document.activeElement?.name || "";
    const sent = new FormData(page);
    sent.set("do", action);
    page.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(page.action, { method: "POST", body: new URLSearchParams(sent) });
      show(answer, await answer.text(), action, sent, name);
    } catch {
      send(action);
    }
    busy = false;
    form()?.removeAttribute("aria-busy");
    if (next) { const waiting = next; next = null; press(waiting); }
  }
  window.designer = { press };

  document.addEventListener("submit", (event) => {
    const action = event.submitter?.value || "save";
    if (event.target.id !== "designer" || event.submitter?.hidden || action.startsWith("go:")) return;
    event.preventDefault();
    press(action);
  });

  const shown = () => [...document.querySelectorAll(".d-line")].filter((line) => line.offsetParent);
  document.addEventListener("keydown", (event) => {
    const line = event.target.closest(".d-line");
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (line && step && event.altKey) {
      event.preventDefault();
      if (line.dataset.path) press(`${step < 0 ? "up" : "down"}:${line.dataset.path}`);
    } else if (line && step) {
      event.preventDefault();
      const all = shown();
      all[all.indexOf(line) + step]?.focus();
    } else if (line?.hasAttribute("aria-current") && line.dataset.path && event.key === "Delete") {
      event.preventDefault();
      press("remove");
    } else if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.target.matches("input, textarea, select") && form()) {
      event.preventDefault();
      press(event.shiftKey ? "redo" : "undo");
    }
  });

  // Leaving by a link would lose what was typed: keep it first.
  let clean = null;
  const state = () => JSON.stringify([...new FormData(form())].filter(([name]) => name.startsWith("p.")));
  const remember = () => { clean = form() ? state() : null; };
  addEventListener("beforeunload", (event) => { if (form() && !leaving && clean !== state()) event.preventDefault(); });
  document.addEventListener("submit", (event) => { leaving = event.target.id !== "designer" || !event.defaultPrevented; });
  document.addEventListener("designer:drawn", remember);

  settle();
  remember();
  if (form()?.hasAttribute("data-fresh")) place("add", "");
})();
