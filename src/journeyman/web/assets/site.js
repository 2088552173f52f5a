// What pages do beyond being read: the theme, a key for search, marked lines, copying.
(() => {
  "use strict";
  const root = document.documentElement;
  const button = document.querySelector(".theme");
  const themes = ["auto", "light", "dark"];
  const say = () => { button.lastChild.textContent = root.dataset.theme || "auto"; };
  say();
  button.hidden = false;
  button.addEventListener("click", () => {
    const next = themes[(themes.indexOf(root.dataset.theme || "auto") + 1) % themes.length];
    if (next === "auto") delete root.dataset.theme; else root.dataset.theme = next;
    try { localStorage.setItem("journeyman-theme", next); } catch { /* for this page only */ }
    say();
    document.dispatchEvent(new Event("journeyman-theme"));
  });

  addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      const box = document.getElementById("question") || document.getElementById("find");
      box.focus();
      box.select();
    }
    if (event.key === "Escape" && typing) event.target.blur();
  });
  for (const box of document.querySelectorAll(".ask textarea")) {
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); box.form.requestSubmit(); }
    });
  }

  const side = document.querySelector(".side");
  if (side && matchMedia("(max-width: 48rem)").matches) side.open = false;

  const mark = () => {
    const asked = /^#L(\d+)-(\d+)$/.exec(location.hash);
    if (!asked) return;
    for (const line of document.querySelectorAll(".l.marked")) line.classList.remove("marked");
    for (let n = Number(asked[1]); n <= Math.min(Number(asked[2]), Number(asked[1]) + 5000); n++) {
      document.getElementById(`L${n}`)?.classList.add("marked");
    }
    document.getElementById(`L${asked[1]}`)?.scrollIntoView({ block: "center" });
  };
  mark();
  addEventListener("hashchange", mark);

  for (const copy of document.querySelectorAll("button.copy")) {
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      const source = copy.nextElementSibling;
      try {
        await navigator.clipboard.writeText(source.textContent);
        copy.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(source);
        copy.textContent = "Selected: press Ctrl+C";
      }
    });
  }

  // The arrows of the box that is pointed at, or has the focus, stand out.
  for (const drawing of document.querySelectorAll(".diagram svg")) {
    const pick = (key) => {
      drawing.classList.toggle("picked", key !== undefined);
      for (const edge of drawing.querySelectorAll(".edge")) {
        edge.classList.toggle("of", key !== undefined && (edge.dataset.from === key || edge.dataset.to === key));
      }
    };
    for (const box of drawing.querySelectorAll(".box")) {
      const link = box.closest("a") || box;
      box.addEventListener("pointerenter", () => pick(box.dataset.key));
      box.addEventListener("pointerleave", () => pick());
      link.addEventListener("focus", () => pick(box.dataset.key));
      link.addEventListener("blur", () => pick());
    }
  }

  const sift = document.getElementById("sift");
  if (sift) {
    const items = [...document.querySelectorAll(".sifted li")];
    const words = items.map((item) => item.textContent.toLowerCase());
    const count = sift.closest("p").querySelector("[role=status]");
    sift.closest("p").hidden = false;
    sift.addEventListener("input", () => {
      const asked = sift.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      items.forEach((item, at) => {
        item.hidden = !asked.every((word) => words[at].includes(word));
        shown += !item.hidden;
      });
      count.textContent = asked.length ? `${shown} of ${items.length}` : "";
    });
  }
})();
