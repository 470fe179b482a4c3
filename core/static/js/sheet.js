// A score sheet saves itself a moment after each change. The server adds up; nothing is computed here.
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form || !window.fetch) return;
  const all = (selector) => form.querySelectorAll(selector);
  const say = (text) => all("[data-saved]").forEach((place) => { place.textContent = text; });
  const version = form.elements.stage_version;
  let timer = 0, saving = false, changed = false, stopped = false;

  const show = (answer) => {
    version.value = answer.version;
    say(answer.saved);
    all("[data-total]").forEach((place) => { place.textContent = answer.total; });
    all("[data-left]").forEach((place) => {
      place.textContent = answer.left ? `还有 ${answer.left} 处没有评` : "已全部评完，可以签字";
    });
    all("[data-sum]").forEach((place) => { place.textContent = answer.sums[place.dataset.sum]; });
    all(".err[id^=e-]").forEach((line) => {
      const key = line.id.slice(2), fault = answer.faults[key] || "";
      const input = document.getElementById(key === "opinion" ? key : `p-${key}`);
      line.hidden = !fault;
      line.querySelector("span").textContent = fault;
      line.closest(".q")?.classList.toggle("bad", Boolean(fault));
      input.toggleAttribute("aria-invalid", Boolean(fault));
      if (fault) { input.setAttribute("aria-invalid", "true"); input.setAttribute("aria-describedby", line.id); }
      else input.removeAttribute("aria-describedby");
    });
  };

  const save = async () => {
    if (saving || stopped || !changed) return;
    saving = true; changed = false;
    say("正在保存");
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, redirect: "error",
      });
      const type = answer.headers.get("Content-Type") || "";
      const told = type.includes("json") ? await answer.json() : {};
      if (answer.ok) show(told);
      else {
        changed = true;
        stopped = answer.status === 409 || answer.status === 422;
        say(told.problem || "没有保存：登录可能已过期，请按“保存”，登录后接着评。");
      }
    } catch {
      changed = true;
      say("没有连上，改动还没有保存，稍后再试。");
      timer = setTimeout(save, 15000);
    }
    saving = false;
    if (changed && !stopped && !timer) later();
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(() => { timer = 0; save(); }, 1000); };

  form.addEventListener("input", () => { changed = true; later(); });
  form.addEventListener("change", () => { if (changed) { clearTimeout(timer); timer = 0; save(); } });
  form.addEventListener("submit", () => { stopped = true; changed = false; });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input.form-control")) return;
    event.preventDefault();
    const fields = [...all("input.form-control, textarea")].filter((field) => field.offsetParent);
    fields[fields.indexOf(event.target) + 1]?.focus();
  });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
})();
