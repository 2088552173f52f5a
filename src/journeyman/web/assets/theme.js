// Runs before anything is drawn, so that a chosen theme does not flash.
(() => {
  "use strict";
  let chosen = null;
  try { chosen = localStorage.getItem("journeyman-theme"); } catch { /* not to be had here */ }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
