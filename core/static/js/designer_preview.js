// The preview follows every answer: it is posted, and the server draws the form anew. Without this a button does it.
(() => {
  let number = 0;
  async function follow(control) {
    const form = document.querySelector("#preview");
    const mine = ++number;
    const id = control.id;
    const data = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.action, { method: "POST", body: data });
    if (!answer.ok || mine !== number) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const active = document.activeElement?.id || id;
    document.querySelector("main").replaceChildren(...page.querySelector("main").childNodes);
    document.getElementById(active)?.focus({ preventScroll: true });
  }
  document.addEventListener("change", (event) => {
    if (event.target.closest("#preview") && event.target.type !== "file") follow(event.target).catch(() => {});
  });
})();
