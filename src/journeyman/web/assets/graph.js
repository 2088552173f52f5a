// The map, moved by mouse, touch and keys, and the same as a list.
(() => {
  "use strict";
  const atlas = window.journeymanAtlas;
  const canvas = document.getElementById("graph"), tip = document.getElementById("tip");
  if (!atlas) return;
  const view = window.journeymanView(canvas, atlas);
  window.journeymanMap = view;
  const boxes = [...document.querySelectorAll("[data-kind]")];
  const choose = () => {
    for (const box of boxes) if (box.checked) view.shown.add(box.dataset.kind); else view.shown.delete(box.dataset.kind);
    view.redraw();
  };
  for (const box of boxes) box.addEventListener("change", choose);
  choose();
  view.whole();
  new ResizeObserver(view.refit).observe(canvas);
  document.addEventListener("journeyman-theme", view.recolour);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", view.recolour);
  for (const button of document.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => (Number(button.dataset.zoom) ? view.zoom(Number(button.dataset.zoom)) : view.whole()));
  }

  const number = new Intl.NumberFormat("en-GB");
  const many = (count, what) => `${number.format(count)} ${what}${count === 1 ? "" : "s"}`;
  const joins = (file) => view.edgesOf(file).filter(([, out, into]) => out + into).map(([kind, out, into]) => {
    if (kind === "changes with") return `changes with ${number.format(out + into)}`;
    return kind === "imports" ? `imports ${out}, imported by ${into}` : `calls into ${out}, called from ${into}`;
  });
  const describe = (place) => {
    const name = place.folder ? `${place.folder.path}/` : atlas.paths[place.file];
    const rest = place.folder
      ? [many(place.folder.all, "file"), many(place.folder.lines, "line")]
      : [atlas.kinds[atlas.kindOf[place.file]], many(atlas.lines[place.file], "line"), ...joins(place.file)];
    return [name, rest.join(" · ")];
  };
  const same = (a, b) => a === b || (a && b && a.file === b.file && a.folder === b.folder);
  const hover = (place, x, y) => {
    if (!same(place, view.hover)) {
      view.hover = place;
      view.redraw();
      if (place) {
        const [name, rest] = describe(place), strong = document.createElement("b");
        strong.textContent = name;
        tip.replaceChildren(strong, document.createElement("br"), rest);
      }
    }
    tip.hidden = !place || x === undefined;
    canvas.classList.toggle("over", Boolean(place));
    if (tip.hidden) return;
    const left = x + 14 + tip.offsetWidth > canvas.clientWidth ? x - tip.offsetWidth - 10 : x + 14;
    tip.style.left = `${Math.max(4, left)}px`;
    tip.style.top = `${Math.min(y + 14, canvas.clientHeight - tip.offsetHeight - 4)}px`;
  };
  const open = (place) => {
    if (place.folder && !(place.name && place.folder.link)) return view.goTo(place);
    const link = place.folder ? place.folder.link : atlas.links[place.file];
    if (link) location.href = link;
    return undefined;
  };

  const points = new Map();
  let moved = 0, apart = 0;
  const spot = (event) => { const box = canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    points.set(event.pointerId, spot(event));
    moved = points.size > 1 ? 99 : 0;
    apart = 0;
  });
  canvas.addEventListener("pointermove", (event) => {
    const [x, y] = spot(event), before = points.get(event.pointerId);
    if (!before) { hover(view.at(x, y), x, y); return; }
    points.set(event.pointerId, [x, y]);
    moved += Math.hypot(x - before[0], y - before[1]);
    if (moved > 4) { canvas.classList.add("held-down"); hover(null); }
    if (points.size === 1) { view.move(x - before[0], y - before[1]); return; }
    const [[ax, ay], [bx, by]] = [...points.values()], now = Math.hypot(ax - bx, ay - by);
    if (apart) view.zoom(now / apart, (ax + bx) / 2, (ay + by) / 2);
    apart = now;
  });
  const release = (event) => {
    const at = points.get(event.pointerId);
    points.delete(event.pointerId);
    canvas.classList.remove("held-down");
    if (event.type === "pointerup" && at && moved <= 4 && event.button === 0) {
      const place = view.at(...at);
      if (place) open(place);
    }
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("pointerleave", () => { if (!points.size) hover(null); });
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 30 : 1;
    view.zoom(Math.exp(-Math.max(-300, Math.min(300, event.deltaY * lines)) * 0.0018), ...spot(event));
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
    if (steps[event.key]) view.move(...steps[event.key]);
    else if (event.key === "+" || event.key === "=") view.zoom(1.3);
    else if (event.key === "-") view.zoom(1 / 1.3);
    else if (event.key === "0") view.whole();
    else return;
    event.preventDefault();
  });

  // The list: folders are filled when they are opened.
  const tree = document.getElementById("tree");
  const entry = (label, link, rest, place) => {
    const item = document.createElement("li"), name = document.createElement(link ? "a" : "span");
    if (link) name.href = link;
    name.textContent = label;
    const said = document.createElement("span");
    said.className = "quiet";
    said.textContent = ` ${rest}`;
    item.append(name, said);
    name.addEventListener("focus", () => hover(place));
    name.addEventListener("blur", () => hover(null));
    return item;
  };
  const fileEntry = (file, label) => entry(label, atlas.links[file], describe({ file })[1], { file });
  const folderEntry = (folder) => {
    const item = entry(`${folder.name}/`, folder.link, describe({ folder })[1], { folder });
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "▸";
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-label", `Open ${folder.path}`);
    button.addEventListener("click", () => {
      const inside = item.querySelector("ul");
      if (inside) inside.remove(); else item.append(listOf(folder));
      button.textContent = inside ? "▸" : "▾";
      button.setAttribute("aria-expanded", String(!inside));
    });
    item.prepend(button);
    return item;
  };
  const listOf = (folder) => {
    const list = document.createElement("ul");
    const inner = folder.folders.map((at) => view.folders[at]).sort((a, b) => (a.name < b.name ? -1 : 1));
    list.append(...inner.map(folderEntry), ...folder.files.map((file) => fileEntry(file, atlas.names[file])));
    return list;
  };
  const whole = () => tree.replaceChildren(...listOf(view.folders[0]).children);
  whole();

  const mark = document.getElementById("mark");
  mark.addEventListener("input", () => {
    const asked = mark.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    if (!asked.length) { view.marked = null; whole(); view.redraw(); return; }
    const found = [];
    atlas.paths.forEach((path, file) => { const low = path.toLowerCase(); if (asked.every((word) => low.includes(word))) found.push(file); });
    view.marked = new Set(found);
    tree.replaceChildren(...found.slice(0, 200).map((file) => fileEntry(file, atlas.paths[file])));
    if (found.length > 200) tree.append(entry("…", "", `${number.format(found.length - 200)} more`, null));
    view.redraw();
  });
  mark.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && view.marked?.size) view.goTo({ file: [...view.marked][0] });
  });
})();
