// Search over the pages of a written copy: titles, symbols and summaries.
(() => {
  "use strict";
  const pages = window.journeymanPages || [];
  const box = document.getElementById("question");
  const list = document.getElementById("results");
  const count = document.getElementById("count");
  const held = pages.map(([title, , , summary, symbols]) => [
    title.toLowerCase(), symbols.toLowerCase(), summary.toLowerCase(),
  ]);
  const score = ([title, symbols, summary], words) => {
    let all = 0;
    for (const word of words) {
      let best = 0;
      if (title === word) best = 20;
      else if (title.includes(word)) best = title.startsWith(word) ? 9 : 6;
      const at = ` ${symbols} `.indexOf(word);
      if (at >= 0) best = Math.max(best, ` ${symbols} `.includes(` ${word} `) ? 8 : 3);
      if (summary.includes(word)) best += 1;
      if (!best) return 0;
      all += best;
    }
    return all;
  };
  const show = () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = [];
    if (words.length) {
      held.forEach((one, at) => {
        const worth = score(one, words);
        if (worth) found.push([worth, at]);
      });
    }
    found.sort((a, b) => b[0] - a[0] || a[1] - b[1]);
    list.replaceChildren(...found.slice(0, 50).map(([, at]) => {
      const [title, kind, address, summary] = pages[at];
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = address;
      link.textContent = title;
      const tag = document.createElement("span");
      tag.className = "tag";
      tag.textContent = kind;
      const said = document.createElement("span");
      said.className = "quiet";
      said.textContent = summary;
      item.append(link, " ", tag, " ", said);
      return item;
    }));
    count.textContent = words.length ? `${found.length || "No"} ${found.length === 1 ? "page" : "pages"}` : "";
  };
  const asked = new URLSearchParams(location.search).get("q");
  if (asked) {
    box.value = asked;
    document.getElementById("find").value = asked;
  }
  box.addEventListener("input", show);
  show();
  if (!asked) box.focus();
})();
