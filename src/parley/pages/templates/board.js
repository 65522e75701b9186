// Sorting, the choice of articles, the number of systems shown, copying. Without it the page is plain tables, and the
// other filters work.
(() => {
  "use strict";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const isShown = (element) => element.checkVisibility ? element.checkVisibility() : element.offsetParent !== null;

  // sorting ------------------------------------------------------------------------------------------------

  const nameOf = (line) => line.querySelector(".name").textContent;
  const byName = (a, b) => nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0;
  const part = (line, list, column) => line.dataset[list].split(" ")[column];

  function valueOf(line, column) {
    const value = all("td.figure", line)[column].dataset.value;
    return value === "" ? null : Number(value);
  }

  function sort(table, key, isDown) {
    const body = table.tBodies[0];
    const lines = all(".system-line", body);
    const heads = all(".group", body);
    heads.forEach((head) => { head.hidden = true; });
    if (key === "name") {
      lines.sort(byName);
      if (isDown) lines.reverse();
      body.append(...lines);
      return;
    }
    const column = Number(key);
    const known = lines.filter((line) => valueOf(line, column) !== null);
    const others = lines.filter((line) => valueOf(line, column) === null).sort(byName);
    known.sort((a, b) => (valueOf(b, column) - valueOf(a, column)) * (isDown ? 1 : -1) || byName(a, b));
    const mine = heads.filter((head) => Number(head.dataset.column) === column);
    mine.sort((a, b) => (a.dataset.group - b.dataset.group) * (isDown ? 1 : -1));
    mine.forEach((head) => {
      head.hidden = false;
      body.append(head, ...known.filter((line) => part(line, "groups", column) === head.dataset.group));
    });
    body.append(...others);
    lines.forEach((line) => { line.querySelector(".rank").textContent = part(line, "ranks", column) || "–"; });
  }

  all(".ranking").forEach((table) => {
    all("th[data-sort]", table).forEach((head) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const was = head.getAttribute("aria-sort");
        const isDown = was ? was === "ascending" : head.dataset.sort !== "name";
        all("th[aria-sort]", table).forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", isDown ? "descending" : "ascending");
        sort(table, head.dataset.sort, isDown);
        refresh();
      });
    });
  });

  // filters ------------------------------------------------------------------------------------------------

  const count = document.querySelector(".count");

  function refresh() {
    all(".ranking").forEach((table) => {
      let head = null, isUsed = false;
      const settle = () => { if (head) head.classList.toggle("unused", !isUsed); };
      all("tbody tr:not([hidden])", table).forEach((row) => {
        if (row.classList.contains("group")) {
          settle();
          head = row;
          isUsed = false;
        } else isUsed = isUsed || getComputedStyle(row).display !== "none";
      });
      settle();
    });
    const table = all(".ranking, .parts table").find(isShown);
    if (!count) return;
    const lines = table ? all("tbody:not([hidden]) .system-line", table) : [];
    const shown = lines.filter((line) => getComputedStyle(line).display !== "none").length;
    count.textContent = shown + " of " + lines.length + (lines.length === 1 ? " system" : " systems");
  }

  // The state of the filters is in the address: ?layer=events&articles=outlet%3Dwire
  const form = document.querySelector(".tools");
  const articles = form && form.elements.articles;

  function choose() {
    const part = articles ? articles.value : "";
    if (articles) articles.parentElement.hidden = false;
    all(".whole").forEach((whole) => { whole.hidden = part !== ""; });
    all(".parts").forEach((parts) => {
      parts.open = part !== "";
      all("tbody", parts).forEach((body) => { body.hidden = part !== "" && body.dataset.part !== part; });
    });
    refresh();
  }

  if (form) {
    const asked = new URLSearchParams(location.search);
    all("input, option", form).forEach((own) => {
      const name = own.name || "articles", isAsked = asked.getAll(name).includes(own.value);
      if (own.type === "checkbox") own.checked = isAsked || !asked.has(name);
      else if (isAsked) own[own.type === "radio" ? "checked" : "selected"] = true;
    });
    form.addEventListener("change", () => {
      history.replaceState(null, "", "?" + new URLSearchParams(new FormData(form)) + location.hash);
      choose();
    });
  }
  choose();

  // whatever lies in a closed part, opened by a link to it -------------------------------------------------------------------------

  function open() {
    const place = location.hash && document.getElementById(location.hash.slice(1));
    const part = place && place.closest("details");
    if (part) {
      part.open = true;
      place.scrollIntoView();
    }
  }
  addEventListener("hashchange", open);
  document.addEventListener("click", (event) => {
    if (event.target.closest && event.target.closest('a[href^="#"]')) setTimeout(open);
  });
  open();

  // copying ------------------------------------------------------------------------------------------------

  all(".copy").forEach((button) => {
    const text = document.getElementById(button.dataset.of);
    const said = button.parentElement.querySelector(".copied");
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text.textContent);
        said.textContent = "Copied.";
      } catch {
        getSelection().selectAllChildren(text);
        said.textContent = "Selected: copy it with the keyboard.";
      }
    });
  });
  document.documentElement.classList.add("js");
})();
