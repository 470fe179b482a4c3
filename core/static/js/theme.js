// "Follow the system": the server draws light, this sets dark before the first paint when the system is dark.
(() => {
  const root = document.documentElement;
  root.classList.add("js");  // what a script makes comfortable is drawn so only where scripts run
  if (root.dataset.theme !== "auto") return;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => { root.dataset.bsTheme = dark.matches ? "dark" : "light"; };
  dark.addEventListener("change", apply);
  apply();
})();
