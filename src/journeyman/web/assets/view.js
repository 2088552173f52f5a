// The map: where things are on the screen, and how they are drawn. Knows nothing of mouse or keys.
"use strict";
window.journeymanView = (canvas, atlas) => {
  const context = canvas.getContext("2d");
  const WIDTH = 1600, HEIGHT = 880, MOST_EDGES = 200;
  const OPEN_WIDE = 190, OPEN_HIGH = 120; // pixels from which on a folder shows what is in it
  const count = atlas.names.length, where = Float32Array.from(atlas.where);
  const folders = atlas.folders.map(([path, parent, x, y, w, h, link], at) => ({
    at, path, parent, x, y, w, h, link, files: [], folders: [], all: 0, lines: 0, open: false,
    name: parent > 0 ? path.slice(atlas.folders[parent][0].length + 1) : path,
  }));
  atlas.folderOf.forEach((folder, file) => folders[folder].files.push(file));
  for (let at = folders.length - 1; at >= 0; at--) {
    const one = folders[at];
    one.all += one.files.length;
    for (const file of one.files) one.lines += atlas.lines[file];
    if (one.parent < 0) continue;
    folders[one.parent].folders.push(at);
    folders[one.parent].all += one.all;
    folders[one.parent].lines += one.lines;
  }
  const byKind = atlas.kinds.map((_, kind) => atlas.kindOf.flatMap((of, file) => (of === kind ? [file] : [])));
  const kinds = Object.keys(atlas.edges);
  const shown = new Set();
  const view = { scale: 1, x: 0, y: 0, hover: null, marked: null, folders, kinds, shown, frames: [] };
  let wide = 0, high = 0, colours = {}, joined = [], signature = "", labels = [], waiting = false;

  const readColours = () => {
    const style = getComputedStyle(canvas);
    const probe = document.createElement("i");
    canvas.parentNode.append(probe);
    const colour = (name) => { probe.setAttribute("class", "probe"); probe.style.color = `var(--${name})`; return getComputedStyle(probe).color; };
    for (const name of ["back", "lift", "line", "text", "quiet", "link", "bar", "code", "test", "prose", "data", "vendored", "generated", "imports", "calls", "together"]) colours[name] = colour(name);
    colours["changes with"] = colours.together;
    probe.remove();
    view.mono = style.getPropertyValue("--mono") || "monospace";
  };
  const measure = () => {
    const box = canvas.getBoundingClientRect(), ratio = Math.min(devicePixelRatio || 1, 2);
    wide = box.width; high = box.height;
    canvas.width = Math.round(wide * ratio); canvas.height = Math.round(high * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
  };
  const letters = new Map();
  const letter = (size) => { // how wide a letter of the monospaced face is
    if (!letters.has(size)) { context.font = `${size}px ${view.mono}`; letters.set(size, context.measureText("mmmmmmmmmm").width / 10); }
    return letters.get(size);
  };
  const fitting = (text, room, size) => {
    const most = Math.floor(room / letter(size));
    return text.length <= most ? text : most < 4 ? "" : `${text.slice(0, most - 1)}…`;
  };

  // What stands for a file: itself, or the outermost folder around it that is closed.
  const unitOf = new Int32Array(count);
  const regroup = () => {
    const bits = [];
    for (const one of folders) {
      const above = one.parent < 0 ? null : folders[one.parent];
      one.open = !above || (above.open && one.w * view.scale > OPEN_WIDE && one.h * view.scale > OPEN_HIGH);
      one.unit = !above ? -1 : above.unit >= 0 ? above.unit : one.open ? -1 : one.at;
      bits.push(one.open ? 1 : 0);
    }
    const now = `${bits.join("")} ${[...shown].join()}`;
    if (now === signature) return;
    signature = now;
    for (let file = 0; file < count; file++) {
      const unit = folders[atlas.folderOf[file]].unit;
      unitOf[file] = unit >= 0 ? count + unit : file;
    }
    const sums = new Map();
    kinds.forEach((kind, number) => {
      if (!shown.has(kind)) return;
      const flat = atlas.edges[kind], all = count + folders.length;
      for (let at = 0; at < flat.length; at += 3) {
        const a = unitOf[flat[at]], b = unitOf[flat[at + 1]];
        if (a === b) continue;
        const key = (number * all + a) * all + b;
        sums.set(key, (sums.get(key) || 0) + flat[at + 2]);
      }
    });
    const all = count + folders.length;
    joined = [...sums].map(([key, weight]) => ({
      kind: kinds[Math.floor(key / all / all)], a: Math.floor(key / all) % all, b: key % all, weight,
    }));
    joined.sort((one, other) => other.weight - one.weight);
  };
  const middle = (unit) => {
    if (unit >= count) { const f = folders[unit - count]; return [f.x + f.w / 2, f.y + f.h / 2]; }
    return [where[4 * unit] + where[4 * unit + 2] / 2, where[4 * unit + 1] + where[4 * unit + 3] / 2];
  };
  const curve = (edge, tip) => {
    const [ax, ay] = middle(edge.a), [bx, by] = middle(edge.b), s = view.scale;
    const x1 = ax * s + view.x, y1 = ay * s + view.y, x2 = bx * s + view.x, y2 = by * s + view.y;
    if (Math.max(x1, x2) < 0 || Math.min(x1, x2) > wide || Math.max(y1, y2) < 0 || Math.min(y1, y2) > high) return;
    const cx = (x1 + x2) / 2 + (y2 - y1) * 0.14, cy = (y1 + y2) / 2 - (x2 - x1) * 0.14;
    context.beginPath();
    context.moveTo(x1, y1);
    context.quadraticCurveTo(cx, cy, x2, y2);
    context.stroke();
    if (!tip) return;
    const turn = Math.atan2(y2 - cy, x2 - cx);
    context.beginPath();
    context.moveTo(x2, y2);
    for (const side of [2.7, -2.7]) context.lineTo(x2 + 8 * Math.cos(turn + side), y2 + 8 * Math.sin(turn + side));
    context.fill();
  };
  const drawEdges = () => {
    const unit = view.hover ? (view.hover.folder ? count + view.hover.folder.at : unitOf[view.hover.file]) : -1;
    const most = joined.length ? Math.log1p(joined[0].weight) : 1;
    const faint = unit >= 0 ? 0.12 : 0.62;
    const drawn = Math.min(joined.length, MOST_EDGES);
    for (let at = drawn - 1; at >= 0; at--) { // the heaviest last; only some stand out
      const edge = joined[at], share = (Math.log1p(edge.weight) / most) * (1 - 0.6 * at / MOST_EDGES);
      context.globalAlpha = faint * (0.28 + 0.72 * share * share);
      context.lineWidth = 0.6 + 2.4 * share * share;
      context.strokeStyle = colours[edge.kind];
      curve(edge, false);
    }
    if (unit >= 0) {
      context.globalAlpha = 0.9;
      for (const edge of joined.filter((one) => one.a === unit || one.b === unit).slice(0, 200)) {
        context.lineWidth = 1 + 1.6 * Math.log1p(edge.weight) / most;
        context.strokeStyle = context.fillStyle = colours[edge.kind];
        curve(edge, true);
      }
    }
    context.globalAlpha = 1;
  };
  const drawFiles = () => {
    const s = view.scale, names = [];
    for (let kind = 0; kind < byKind.length; kind++) {
      context.fillStyle = colours[atlas.kinds[kind]] || colours.data;
      for (const file of byKind[kind]) {
        const w = where[4 * file + 2] * s, h = where[4 * file + 3] * s;
        const x = where[4 * file] * s + view.x, y = where[4 * file + 1] * s + view.y;
        if (x > wide || y > high || x + w < 0 || y + h < 0) continue;
        const gap = Math.min(1, 0.08 * Math.min(w, h));
        context.globalAlpha = view.marked && !view.marked.has(file) ? 0.22 : 1;
        context.fillRect(x + gap, y + gap, w - 2 * gap, h - 2 * gap);
        if (w > 44 && h > 15 && unitOf[file] === file) names.push([file, x, y, w, h]);
      }
    }
    context.globalAlpha = 1;
    context.font = `11px ${view.mono}`;
    context.textAlign = "left"; context.textBaseline = "middle";
    context.fillStyle = colours.text;
    for (const [file, x, y, w, h] of names) {
      if (view.marked && !view.marked.has(file)) continue;
      const text = fitting(atlas.names[file], w - 8, 11);
      if (text.length > 8 || text === atlas.names[file]) context.fillText(text, x + 5, y + Math.min(h / 2, 11));
    }
    if (view.marked) {
      context.strokeStyle = colours.link; context.lineWidth = 1.5;
      for (const file of view.marked) context.strokeRect(where[4 * file] * s + view.x, where[4 * file + 1] * s + view.y, Math.max(2, where[4 * file + 2] * s), Math.max(2, where[4 * file + 3] * s));
    }
  };
  const drawFolders = () => {
    const s = view.scale;
    context.strokeStyle = colours.line; context.fillStyle = colours.lift; context.lineWidth = 1;
    for (const one of folders) {
      const w = one.w * s, h = one.h * s, x = one.x * s + view.x, y = one.y * s + view.y;
      if (one.parent < 0 || w < 5 || x > wide || y > high || x + w < 0 || y + h < 0) continue;
      if (folders[one.parent].parent < 0 || folders[one.parent].open) { context.fillRect(x, y, w, h); context.strokeRect(x + 0.5, y + 0.5, w - 1, h - 1); }
    }
  };
  const drawNames = () => {
    const s = view.scale;
    labels = [];
    context.textBaseline = "middle";
    for (const one of folders) {
      if (one.parent < 0 || !folders[one.parent].open) continue;
      const w = one.w * s, h = one.h * s, x = one.x * s + view.x, y = one.y * s + view.y;
      if (x > wide || y > high || x + w < 0 || y + h < 0 || w < 40 || h < 15) continue;
      const strip = Math.min(0.085 * h, 0.16 * w, 22 * s), size = 12;
      context.font = `600 ${size}px ${view.mono}`;
      const text = fitting(`${one.name}/`, w - 10, size);
      if (!text) continue;
      const room = text.length * letter(size);
      if (one.open) {
        const left = Math.max(x, 0) + 5, top = Math.max(y + Math.max(strip, 9) / 2, 9) + 1;
        if (left + room > x + w || top + 8 > y + h) continue;
        if (strip < 13) { context.globalAlpha = 0.8; context.fillStyle = colours.lift; context.fillRect(left - 2, top - 7, room + 4, 14); context.globalAlpha = 1; }
        context.fillStyle = colours.text; context.textAlign = "left";
        context.fillText(text, left, top);
        labels.push({ folder: one, x: left - 3, y: top - 9, w: room + 6, h: 18 });
      } else {
        context.globalAlpha = 0.82; context.fillStyle = colours.back;
        context.fillRect(x + w / 2 - room / 2 - 4, y + h / 2 - 9, room + 8, 18);
        context.globalAlpha = 1; context.fillStyle = colours.text; context.textAlign = "center";
        context.fillText(text, x + w / 2, y + h / 2 + 0.5);
        labels.push({ folder: one, x: x + w / 2 - room / 2 - 4, y: y + h / 2 - 9, w: room + 8, h: 18 });
      }
    }
  };
  const outline = () => {
    if (!view.hover) return;
    const s = view.scale, f = view.hover.folder, at = 4 * view.hover.file;
    const [x, y, w, h] = f ? [f.x, f.y, f.w, f.h] : where.subarray(at, at + 4);
    context.strokeStyle = colours.link; context.lineWidth = 2;
    context.strokeRect(x * s + view.x, y * s + view.y, w * s, h * s);
  };
  const draw = () => {
    const began = performance.now();
    waiting = false;
    regroup();
    context.fillStyle = colours.back;
    context.fillRect(0, 0, wide, high);
    drawFolders(); drawFiles(); drawEdges(); drawNames(); outline();
    view.frames.push(performance.now() - began);
    if (view.frames.length > 600) view.frames.shift();
  };

  view.redraw = () => { if (!waiting) { waiting = true; requestAnimationFrame(draw); } };
  view.refit = () => { measure(); view.redraw(); };
  view.recolour = () => { readColours(); view.redraw(); };
  view.drawNow = draw;
  view.edgesOf = (file) => kinds.map((kind) => {
    let out = 0, into = 0;
    const flat = atlas.edges[kind];
    for (let at = 0; at < flat.length; at += 3) { if (flat[at] === file) out++; if (flat[at + 1] === file) into++; }
    return [kind, out, into];
  });
  view.whole = () => {
    view.scale = Math.min(wide / WIDTH, high / HEIGHT) * 0.985;
    view.x = (wide - WIDTH * view.scale) / 2; view.y = (high - HEIGHT * view.scale) / 2;
    view.redraw();
  };
  view.move = (dx, dy) => { view.x += dx; view.y += dy; view.redraw(); };
  view.zoom = (factor, x = wide / 2, y = high / 2) => {
    const least = 0.5 * Math.min(wide / WIDTH, high / HEIGHT);
    const scale = Math.min(400, Math.max(least, view.scale * factor));
    view.x = x - (x - view.x) * scale / view.scale; view.y = y - (y - view.y) * scale / view.scale;
    view.scale = scale;
    view.redraw();
  };
  view.goTo = (place) => {
    const [x, y, w, h] = place.folder ? [place.folder.x, place.folder.y, place.folder.w, place.folder.h] : where.subarray(4 * place.file, 4 * place.file + 4);
    const share = place.folder ? 0.94 : 0.12;
    view.scale = Math.min(400, share * wide / w, share * high / h);
    view.x = wide / 2 - (x + w / 2) * view.scale; view.y = high / 2 - (y + h / 2) * view.scale;
    view.redraw();
  };
  view.at = (x, y) => { // what is under a point: {file} or {folder, name: on its name}
    for (const one of labels) if (x >= one.x && x <= one.x + one.w && y >= one.y && y <= one.y + one.h) return { folder: one.folder, name: true };
    const wx = (x - view.x) / view.scale, wy = (y - view.y) / view.scale;
    let inside = folders[0];
    for (let next = inside; next;) {
      inside = next;
      if (inside.parent >= 0 && !inside.open) return { folder: inside };
      next = inside.folders.map((at) => folders[at]).find((f) => wx >= f.x && wx < f.x + f.w && wy >= f.y && wy < f.y + f.h);
    }
    const file = inside.files.find((one) => wx >= where[4 * one] && wx < where[4 * one] + where[4 * one + 2] && wy >= where[4 * one + 1] && wy < where[4 * one + 1] + where[4 * one + 3]);
    return file === undefined ? null : { file };
  };
  readColours(); measure();
  return view;
};
