// A score sheet saves itself a moment after each change. The server adds up; nothing is computed here.
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form || !window.fetch) return;
  const all = (selector) => form.querySelectorAll(selector);
  const say = (text) => all("[data-saved]").forEach((place) => { place.textContent = text; });
  const version = form.elements.stage_version;
  let timer = 0, saving = false, changed = false, stopped = false, pressed = null;

  const showFault = (line, fault) => {
    const key = line.id.slice(2);
    const input = document.getElementById(key === "opinion" ? key : `p-${key}`);
    line.hidden = !fault;
    line.querySelector("span").textContent = fault;
    line.closest(".q")?.classList.toggle("bad", Boolean(fault));
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
    if (!fault) return;
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", line.id);
  };

  const show = (answer) => {
    version.value = answer.version;
    say(answer.saved);
    all("[data-total]").forEach((place) => { place.textContent = answer.total; });
    all("[data-left]").forEach((place) => {
      place.textContent = answer.left ? `还有 ${answer.left} 处没有评` : "已全部评完，可以签字";
    });
    all("[data-sum]").forEach((place) => { place.textContent = answer.sums[place.dataset.sum]; });
    all(".err[id^=e-]").forEach((line) => showFault(line, answer.faults[line.id.slice(2)] || ""));
  };

  const soon = (wait) => { clearTimeout(timer); timer = setTimeout(save, wait); };

  async function save() {
    clearTimeout(timer);
    if (saving || stopped || !changed) return;
    saving = true;
    changed = false;
    say("正在保存");
    let again = 0;
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: new FormData(form), headers: { Accept: "application/json" },
      });
      const isData = (answer.headers.get("Content-Type") || "").includes("json");
      const told = isData ? await answer.json() : {};
      if (answer.ok && isData) show(told);
      else {
        changed = stopped = true;
        say(told.problem || "没有保存：登录可能已过期。请按“保存”，登录后接着评。");
      }
    } catch {
      changed = true;
      again = 10000;
      say("没有连上，改动还没有保存，过一会儿再试。");
    }
    saving = false;
    if (pressed) { const button = pressed; pressed = null; form.requestSubmit(button); return; }
    if (changed && !stopped) soon(again || 1000);
  }

  form.addEventListener("input", () => { changed = true; soon(1000); });
  form.addEventListener("change", () => soon(0));
  form.addEventListener("submit", (event) => {
    if (saving) {
      // the version on the page is about to change: send after the answer is in
      event.preventDefault();
      event.stopPropagation();
      pressed = event.submitter;
      return;
    }
    clearTimeout(timer);
    stopped = true;
    changed = false;
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input.form-control")) return;
    event.preventDefault();
    const fields = [...all("input.form-control, textarea")].filter((field) => field.checkVisibility());
    fields[fields.indexOf(event.target) + 1]?.focus();
  });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
})();
