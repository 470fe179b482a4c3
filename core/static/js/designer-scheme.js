// Scheme and award designers: sums while typing, moving by drag and by Alt with the arrow keys, names put into a
// formula. Every change is the page's own form sent to the server; what the server answers is what is shown.
(() => {
  const page = () => document.querySelector("[data-designer]");
  const say = (text) => { const place = page()?.querySelector("[data-say]"); if (place) place.textContent = text; };
  let busy = false;
  let dragged = null;
  let last = null;

  // Decimals as whole thousandths of thousandths, so that sums are exact; null for what is no number.
  function exact(text) {
    const found = /^\s*(\d+)(?:\.(\d{1,6}))?\s*$/.exec(text);
    return found ? BigInt(found[1] + (found[2] || "").padEnd(6, "0")) : null;
  }
  function shown(number) {
    const text = String(number).padStart(7, "0");
    return `${text.slice(0, -6)}.${text.slice(-6)}`.replace(/\.?0+$/, "");
  }
  function sum(around) {
    let total = 0n;
    for (const input of around.querySelectorAll(".weigh input")) total += exact(input.value) ?? 0n;
    return total;
  }
  function chip(place, total, share) {
    const own = place.querySelector(".chip");
    if (!own || share === null) return;
    const same = total === share;
    const use = own.querySelector("use");
    own.className = `chip chip-${same ? "done" : "late"}`;
    own.lastChild.textContent = same ? "一致" : "不一致";
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, same ? "#check" : "#exclamation-octagon-fill"));
  }
  function addUp() {
    const tree = document.querySelector("#tree");
    if (!tree) return;
    const groups = [...tree.querySelectorAll(".branch[data-share]")].map((one) => [one, one.dataset.share]);
    const whole = tree.querySelector("[data-total]");
    for (const [place, share] of [...groups, [whole, whole.dataset.total]]) {
      const total = sum(place === whole ? tree : place);
      place.querySelector("[data-sum]").textContent = shown(total);
      chip(place.querySelector("[data-chip]"), total, exact(share));
    }
  }

  const nameOf = (row) => row?.querySelector("[data-name]")?.textContent.trim() || "";

  // Sends the tree with one more field set, and puts the answer in the place of the page.
  async function send(form, fields, focus) {
    if (busy) return;
    busy = true;
    const data = new FormData(form);
    for (const [name, value] of Object.entries(fields)) data.set(name, value);
    try {
      const answer = await fetch(form.action, { method: "POST", body: data });
      const text = await answer.text();
      const next = new DOMParser().parseFromString(text, "text/html");
      const fresh = next.querySelector("[data-designer]");
      if (!fresh) { location.reload(); return; }
      const flash = [...next.querySelectorAll("main > [role=status]")].map((one) => one.textContent.trim()).join("。");
      page().replaceWith(fresh);
      if (answer.ok) history.replaceState(null, "", answer.url);
      show(focus);
      say(`${focus.name ? `${focus.name}：` : ""}${where() || flash}`);
    } catch {
      say("没有连上，改动没有保存，请再试一次。");
    } finally {
      busy = false;
    }
  }
  const movedRow = () => {
    const place = document.querySelector("#tree")?.dataset.moved || "";
    return place.startsWith("indicators.") ? document.querySelector(`.leaf[data-place="${place.slice(11)}"]`) : null;
  };
  function where() {
    const row = movedRow();
    if (!row) return "";
    const branch = row.closest(".branch");
    const rank = [...branch.querySelectorAll(".leaf[data-place]")].indexOf(row) + 1;
    return `现在是“${branch.querySelector("h3 a, h3 span").textContent.trim()}”的第 ${rank} 项`;
  }
  function show(focus) {
    const target = focus.id ? document.getElementById(focus.id) : movedRow()?.querySelector(focus.in || ".weigh input");
    (target || movedRow()?.querySelector("a"))?.focus();
    addUp();
  }

  document.addEventListener("input", (event) => {
    if (event.target.closest(".weigh")) addUp();
  });
  document.addEventListener("keydown", (event) => {
    const row = event.target.closest?.(".leaf[data-place]");
    if (!row || !event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    const way = event.key === "ArrowUp" ? "up" : "down";
    send(row.closest("form"), { do: `${way}:${row.dataset.place}` }, { name: nameOf(row), in: event.target.matches("input") ? ".weigh input" : "a" });
  });
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || !event.target.matches("#tree") || !/^(up|down):/.test(button.value)) return;
    event.preventDefault();
    const way = button.value.split(":")[0];
    send(event.target, { do: button.value }, { name: nameOf(button.closest(".leaf")), in: `button[value^="${way}:"]` });
  });

  const clear = () => document.querySelectorAll(".over").forEach((one) => one.classList.remove("over"));
  document.addEventListener("dragstart", (event) => {
    const row = event.target.closest?.(".leaf[data-place]");
    if (!row) return;
    dragged = row;
    row.classList.add("dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", nameOf(row));
  });
  const under = (event) => {
    const branch = event.target.closest?.(".branch[data-group]");
    if (!dragged || !branch || branch.dataset.group === "") return null;
    const row = event.target.closest(".leaf[data-place]");
    return { branch, row: row === dragged ? null : row };
  };
  document.addEventListener("dragover", (event) => {
    const found = under(event);
    clear();
    if (!found) return;
    event.preventDefault();
    (found.row || found.branch).classList.add("over");
  });
  document.addEventListener("drop", (event) => {
    const found = under(event);
    if (!found) return;
    event.preventDefault();
    const fields = { do: `place:${dragged.dataset.place}`, group: found.branch.dataset.group };
    if (found.row) fields.before = found.row.dataset.place;
    send(dragged.closest("form"), fields, { name: nameOf(dragged) });
  });
  document.addEventListener("dragend", () => { dragged?.classList.remove("dragged"); dragged = null; clear(); });

  document.addEventListener("focusin", (event) => { if (event.target.matches("textarea.source")) last = event.target; });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (!button) return;
    const box = last?.isConnected && last.id === button.dataset.into ? last : document.getElementById(button.dataset.into);
    if (!box) return;
    box.setRangeText(button.dataset.insert, box.selectionStart, box.selectionEnd, "end");
    box.focus();
  });
  document.addEventListener("change", (event) => {
    if (event.target.name !== "method.key") return;
    for (const one of document.querySelectorAll(".settings")) one.toggleAttribute("data-other", one.dataset.method !== event.target.value);
  });
  addUp();
})();
