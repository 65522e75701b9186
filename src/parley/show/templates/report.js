// The error browser: a click on marked words shows their cases. The page is readable and can be filtered without it.
(() => {
  "use strict";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const byId = (id) => document.getElementById(id);
  const words = (value) => (value || "").split(" ").filter(Boolean);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const views = all(".view");
  let opener = null; // where the focus goes back to

  const spansOf = (view, ids) => all(".x", view).filter((span) => words(span.dataset.cases).some((id) => ids.includes(id)));

  function light(view, ids) {
    all(".x.on").forEach((span) => span.classList.remove("on"));
    spansOf(view, ids).forEach((span) => span.classList.add("on"));
  }

  function reveal(place) {
    if (!place) return;
    place.scrollIntoView({ block: "center", behavior: calm.matches ? "auto" : "smooth" });
    place.classList.remove("flash");
    void place.offsetWidth; // starts the animation anew
    place.classList.add("flash");
  }

  function close() {
    let any = false;
    all(".inspector").forEach((inspector) => {
      any = any || !inspector.hidden;
      inspector.hidden = true;
      inspector.querySelector(".slot").replaceChildren();
    });
    all(".x.on").forEach((span) => span.classList.remove("on"));
    if (any && opener && opener.isConnected) opener.focus({ preventScroll: true });
    opener = null;
  }

  // Only what the filters show; where they show nothing of it, all of it.
  function shown(view, ids) {
    const layer = view.className.match(/of-(\S+)/)[1];
    const kept = ids.filter((id) => {
      const kind = byId(id).className.match(/k-(\S+)/)[1];
      const box = byId("kind-" + layer + "-" + kind);
      return !box || box.checked;
    });
    return kept.length ? kept : ids;
  }

  function open(span) {
    const view = span.closest(".view");
    const ids = shown(view, words(span.dataset.cases));
    const inspector = view.querySelector(".inspector");
    const copies = ids.map((id) => {
      const copy = byId(id).cloneNode(true);
      copy.removeAttribute("id");
      copy.open = true;
      return copy;
    });
    all(".inspector").forEach((other) => { if (other !== inspector) other.hidden = true; });
    inspector.querySelector(".slot").replaceChildren(...copies);
    inspector.hidden = false;
    inspector.scrollTop = 0;
    opener = span;
    light(view, ids);
    if (getComputedStyle(inspector).position === "fixed") { // on a small screen it lies over the text
      const below = span.getBoundingClientRect().bottom + 24 - inspector.getBoundingClientRect().top;
      if (below > 0) scrollBy({ top: below, behavior: calm.matches ? "auto" : "smooth" });
    } else {
      view.querySelector("aside").scrollTo({ top: 0 });
    }
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest(".close")) return close();
    const span = event.target.closest(".x");
    if (span) return open(span);
    const place = event.target.closest(".place");
    if (place) {
      event.preventDefault();
      reveal(byId(place.hash.slice(1)));
    }
  });

  // An entry of the list lights its words and brings them into view.
  document.addEventListener("toggle", (event) => {
    const card = event.target;
    if (!card.open || !card.id || !card.closest(".cards")) return;
    const view = card.closest(".view");
    light(view, [card.id]);
    const first = spansOf(view, [card.id])[0];
    if (first) first.scrollIntoView({ block: "nearest", behavior: calm.matches ? "auto" : "smooth" });
  }, true);

  // keyboard: one stop for each text, arrows from mark to mark
  views.forEach((view) => {
    const stops = all(".x", view).filter((span) => span.id);
    const visible = () => stops.filter((span) => getComputedStyle(span).getPropertyValue("--shown").trim() !== "0");
    stops.forEach((span, i) => { span.tabIndex = i ? -1 : 0; span.setAttribute("role", "button"); });
    const move = (to) => { stops.forEach((span) => { span.tabIndex = span === to ? 0 : -1; }); to.focus(); };
    view.addEventListener("keydown", (event) => {
      if (!stops.includes(event.target)) return;
      const now = visible();
      const at = now.indexOf(event.target);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: now.length - 1 }[event.key];
      if (to !== undefined && now[to]) {
        event.preventDefault();
        move(now[to]);
      } else if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        open(event.target);
      }
    });
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  all(".tools [type=radio]").forEach((input) => input.addEventListener("change", close));
  document.documentElement.classList.add("js");
})();
