// Saves the section while it is being filled. Without this file the page's own buttons do everything.
// What is not saved yet lies in the tab's own storage, so that a lost network or session loses nothing.
(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const WAIT = 1500, LONGEST = 4000, AGAIN = 5000;
  const store = `fill:${location.pathname}:${form.dataset.at || ""}`;  // what was typed at another stage is not offered here
  const input = (name) => form.elements[name];
  let timer = 0, since = 0, busy = false, dirty = false, retry = 0;

  const pairs = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrf_token");

  function say(text, tone = "", link = null) {
    document.querySelectorAll("[data-saved]").forEach((place) => {
      place.className = `s ${tone || "k"}`;
      place.textContent = text + (tone ? "" : place.dataset.tail || "");
      if (!link) return;
      const a = document.createElement("a");
      a.href = link.href; a.textContent = link.text; a.className = "ms-2";
      place.append(a);
    });
  }

  function remember() {
    try {
      sessionStorage.setItem(store, JSON.stringify({ revision: Number(input("page__revision").value), pairs: pairs(), at: document.activeElement?.id }));
    } catch { /* a full store only means that this net is missing */ }
  }

  function changed(event) {
    if (event.isComposing || event.target.type === "file") return;
    dirty = true;
    remember();
    clearTimeout(timer);
    since ||= Date.now();
    timer = setTimeout(save, Math.max(0, Math.min(WAIT, since + LONGEST - Date.now())));
  }

  function body() {
    const data = new URLSearchParams(pairs());
    data.set("csrf_token", input("csrf_token").value);
    return data;
  }

  async function save() {
    clearTimeout(timer); clearTimeout(retry);
    if (busy) { timer = setTimeout(save, 300); return; }
    busy = true; dirty = false; since = 0;
    say("正在保存……");
    let answer;
    try {
      answer = await fetch(form.dataset.autosave, { method: "POST", body: body(), headers: { Accept: "application/json" } });
    } catch { answer = null; }
    busy = false;
    if (answer?.ok) taken(await answer.json());
    else refused(answer);
  }

  function taken(news) {
    input("page__revision").value = news.revision;
    input("page__seen").value = news.seen;
    document.dispatchEvent(new CustomEvent("fill:saved", { detail: news }));
    if (news.conflicts) say("有内容和另一个窗口不一样，请选一个", "amber", { href: "#two-tabs", text: "去选" });
    else say(`已保存 ${news.saved}`);
    if (!dirty && !news.conflicts) sessionStorage.removeItem(store);
  }

  async function refused(answer) {
    dirty = true;
    remember();
    if (!answer || answer.status >= 500 || answer.status === 429) {
      say(answer ? "暂时保存不了，刚写的内容还在这一页，正在重试" : "网络断了，刚写的内容还在这一页，连上后自动保存", "red");
      retry = setTimeout(save, AGAIN);
    } else if (answer.status === 401 || answer.status === 400) {
      say("登录已过期，刚写的内容还在。", "red", { href: form.dataset.signIn, text: "重新登录后接着填" });
    } else if (answer.status === 409) {
      retry = setTimeout(save, 1000);
    } else {
      const news = await answer.json().catch(() => ({}));
      say(news.message || "没有保存成功，请点下面的“保存”。", "red");
    }
  }

  function restore() {
    let kept;
    try { kept = JSON.parse(sessionStorage.getItem(store)); } catch { kept = null; }
    sessionStorage.removeItem(store);
    if (!kept || Number(input("page__revision").value) > kept.revision) return;
    const byName = new Map();
    kept.pairs.forEach(([name, value]) => byName.set(name, [...(byName.get(name) || []), value]));
    let different = false;
    for (const control of form.elements) {
      if (!control.name || control.type === "hidden" || control.type === "file" || control.type === "submit") continue;
      const values = byName.get(control.name) || [];
      if (control.type === "checkbox" || control.type === "radio") {
        const on = values.includes(control.value);
        different ||= on !== control.checked;
        control.checked = on;
      } else if (values.length) {
        const value = values.shift();  // rows of one name come in their order
        different ||= control.value !== value;
        control.value = value;
      }
    }
    if (!different) return;
    if (kept.at) document.getElementById(kept.at)?.focus();
    dirty = true;
    save();
  }

  form.addEventListener("input", changed);
  form.addEventListener("compositionend", changed);
  form.addEventListener("submit", (event) => {
    clearTimeout(timer); clearTimeout(retry);
    if (navigator.onLine) { remember(); dirty = false; return; }
    event.preventDefault();
    event.stopPropagation();  // the page stays, so the button may be pressed again
    refused(null);
  });
  window.addEventListener("online", () => { if (dirty) save(); });
  window.addEventListener("pagehide", () => { if (dirty) navigator.sendBeacon(form.dataset.autosave, body()); });
  document.addEventListener("fill:save", () => { if (dirty) save(); });
  restore();
})();
