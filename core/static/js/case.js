// The case page works without this: links open evidence, buttons fill templates. This only saves the reload.
(() => {
  const printer = document.querySelector("[data-print]");
  if (printer) {
    printer.hidden = false;
    printer.addEventListener("click", (event) => { event.preventDefault(); print(); });
  }

  // The column beside stays in view; one taller than the window scrolls with the page until its end is in view.
  const side = document.querySelector(".follow");
  if (side) {
    const place = () => { side.style.top = `${Math.min(16, innerHeight - side.offsetHeight - 16)}px`; };
    new ResizeObserver(place).observe(side);
    addEventListener("resize", place);
  }

  const material = document.querySelector("[data-evidence]");
  material?.addEventListener("click", async (event) => {
    const link = event.target.closest("a[href*='?file=']");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    try {
      const answer = await fetch(link.href, { headers: { "X-Part": "evidence" } });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      document.querySelector("#evidence").outerHTML = await answer.text();
    } catch {
      location.href = link.href;
      return;
    }
    const pane = document.querySelector("#evidence");
    material.classList.add("two");
    mark(link);
    history.replaceState(null, "", link.href);
    pane.tabIndex = -1;
    pane.focus({ preventScroll: matchMedia("(min-width:1200px)").matches });
  });
  const mark = (link) => {
    material.querySelectorAll("tr.on").forEach((row) => { row.classList.remove("on"); });
    if (!link.closest("#evidence")) link.closest("tr")?.classList.add("on");
  };
  const current = material?.querySelector("#evidence a[aria-current]");
  if (current) {
    const twin = [...material.querySelectorAll("tr a")].find((link) => link.href === current.href);
    if (twin) mark(twin);
  }

  document.querySelectorAll("button[data-fill]").forEach((button) => {
    button.addEventListener("click", (event) => {
      const box = document.getElementById(button.dataset.fill);
      if (!box) return;
      event.preventDefault();
      box.value = button.dataset.text;
      box.dispatchEvent(new Event("input", { bubbles: true }));  // it is kept like what is typed
      box.focus();
    });
  });

  const ticks = document.getElementById("read-ticks");
  if (ticks) {
    const button = ticks.querySelector("[data-tick-save]"), note = ticks.querySelector("[data-tick-note]");
    const boxes = () => [...ticks.elements].filter((one) => one.type === "checkbox");
    button.hidden = true;
    let last = Promise.resolve();
    const send = async () => {
      let answer = null;
      try { answer = await fetch(ticks.action, { method: "POST", body: new FormData(ticks), headers: { "X-Part": "checked" } }); } catch { /* told below */ }
      button.hidden = Boolean(answer?.ok);
      if (!answer?.ok) note.textContent = (answer?.status === 409 && await answer.text()) || "没有记下，请再点一次“记下核过的项目”。";
    };
    document.addEventListener("change", (event) => {
      if (event.target.form !== ticks) return;
      ticks.querySelector("[data-ticked]").textContent = boxes().filter((one) => one.checked).length;
      last = last.then(send);  // one after the other: the newest is what stays
    });
  }

  document.querySelector("[data-more-reasons]")?.addEventListener("click", (event) => {
    event.preventDefault();
    const rows = document.querySelectorAll("[data-reason]");
    const row = rows[rows.length - 1].cloneNode(true);
    const number = rows.length + 1;
    row.querySelectorAll("[id]").forEach((one) => { one.id = one.id.replace(/\d+$/, number); one.value = ""; });
    row.querySelectorAll("label").forEach((one) => {
      one.htmlFor = one.htmlFor.replace(/\d+$/, number);
      one.textContent = one.textContent.replace(/\d+/, number);
    });
    rows[rows.length - 1].after(row);
    row.querySelector("select").focus();
  });
})();
