// Shows a question as soon as the answer it hangs on is given, where the condition is one plain comparison
// (complete == false, kind == "law"). Other conditions wait for the server, which has the last word on all of them.
(() => {
  const PLAIN = /^(\w+) (==|!=) (true|false|"[^"]*")$/;

  // The answer as a condition writes it; "" when nothing is chosen, null when it is not asked here.
  function answer(form, key) {
    const controls = [...form.elements].filter((control) => control.name === key);
    if (!controls.length || controls.some((control) => control.type === "checkbox")) return null;
    const given = controls.find((control) => control.type !== "radio" || control.checked)?.value ?? "";
    return { yes: "true", no: "false" }[given] ?? (given && `"${given}"`);
  }

  function show(block) {
    const [, key, sign, wanted] = PLAIN.exec(block.dataset.showWhen) || [];
    const form = block.closest("form");
    const given = key && form ? answer(form, key) : null;
    if (given === null) return;
    block.hidden = given === "" || (given === wanted) !== (sign === "==");
  }

  const showAll = () => document.querySelectorAll("[data-show-when]").forEach(show);
  document.addEventListener("change", showAll);
  showAll();
})();
