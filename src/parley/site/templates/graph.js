// The graph of stances: a line that is chosen shows the words behind it. Without this the lines lead to the table.
(() => {
  "use strict";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  all(".standing").forEach((figure) => {
    const told = figure.querySelector(".told");
    const hint = told.firstElementChild;
    const edges = all(".edge", figure);
    const nodes = all(".node", figure);
    let pinned = null;

    function light(chosen) {
      const lit = chosen.length ? new Set(chosen.flatMap((edge) => edge.dataset.ends.split(" "))) : null;
      edges.forEach((edge) => edge.classList.toggle("faint", Boolean(lit) && !chosen.includes(edge)));
      nodes.forEach((node) => node.classList.toggle("faint", Boolean(lit) && !lit.has(node.dataset.node)));
    }

    // The row of the table, as a card: the page's own words once more.
    function tell(edge) {
      const row = document.getElementById(edge.dataset.row);
      const card = document.createElement("div");
      card.className = "card " + row.className;
      const line = document.createElement("p");
      line.className = "sides";
      const [who, stands, toward, words, voice] = all("th, td", row).map((cell) => all(":scope > *", cell).length ? cell.cloneNode(true).childNodes : [document.createTextNode(cell.textContent)]);
      line.append(...who, " → ", ...toward);
      const how = document.createElement("p");
      how.append(...stands);
      const chain = document.createElement("p");
      chain.className = "aside";
      chain.append("Said through: ", ...voice);
      const shown = document.createElement("div");
      shown.className = "words";
      shown.append(...words);
      card.append(line, how, shown, chain);
      told.replaceChildren(card);
    }

    function choose(edge) {
      pinned = edge;
      edges.forEach((other) => other.classList.toggle("on", other === edge));
      light(edge ? [edge] : []);
      told.classList.toggle("on", Boolean(edge));
      if (edge) tell(edge); else told.replaceChildren(hint);
    }

    edges.forEach((edge) => {
      edge.addEventListener("click", (event) => {
        event.preventDefault();
        choose(edge);
      });
      edge.addEventListener("focus", () => choose(edge));
      edge.addEventListener("mouseenter", () => light([edge]));
      edge.addEventListener("mouseleave", () => light(pinned ? [pinned] : []));
    });
    nodes.forEach((node) => {
      node.addEventListener("mouseenter", () => light(edges.filter((edge) => edge.dataset.ends.split(" ").includes(node.dataset.node))));
      node.addEventListener("mouseleave", () => light(pinned ? [pinned] : []));
    });
    figure.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const at = edges.indexOf(event.target);
      if (event.key === "Escape") choose(null);
      else if (step && at >= 0 && edges[at + step]) {
        event.preventDefault();
        edges[at + step].focus();
      }
    });
  });
  document.documentElement.classList.add("js");
})();
