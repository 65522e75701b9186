// Highlights clusters, opens cards, steps through the text by keyboard. The page is readable without it.
(() => {
  "use strict";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const byId = (id) => document.getElementById(id);
  const words = (value) => (value || "").split(" ").filter(Boolean);
  const text = byId("text");
  const inspector = byId("inspector");
  const slot = inspector.querySelector(".slot");
  const spans = all(".m, .e, .q, .prop, .x", text);
  const casesOf = (span) => words(span.dataset.cases);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let pinned = null; // what a click has chosen; hovering lights something else for the moment
  let opener = null; // where the focus goes back to

  // highlighting -------------------------------------------------------------------------------------------

  const mark = (test, name) => spans.filter(test).forEach((span) => span.classList.add(name));

  function light(thing) {
    spans.forEach((span) => span.classList.remove("on", "part", "arg"));
    text.classList.toggle("lit", Boolean(thing));
    if (!thing) return;
    const { entity, event, stance, proposition, case: single } = thing.dataset;
    const cases = single ? [single] : casesOf(thing);
    if (cases.length) {
      mark((span) => casesOf(span).some((id) => cases.includes(id)) && isShown(span), "on");
    } else if (event) {
      const trigger = spans.find((span) => span.dataset.event === event);
      if (!trigger) return;
      const cluster = words(trigger.dataset.cluster);
      const shown = words(trigger.dataset.shown);
      mark((span) => span.dataset.event === event, "on");
      mark((span) => cluster.includes(span.dataset.event), "part");
      mark((span) => shown.includes(span.id), "arg");
    } else if (entity) {
      const card = byId("entity-" + entity);
      const members = card ? words(card.dataset.members) : [];
      mark((span) => span.dataset.entity === entity, "on");
      mark((span) => members.includes(span.dataset.entity), "part");
    } else if (stance) {
      mark((span) => span.dataset.stance === stance, "on");
    } else if (proposition) {
      mark((span) => span.dataset.proposition === proposition, "on");
    }
  }

  // Evidence and propositions run through mentions and triggers; what is smaller comes first.
  const isOn = (layer) => { const box = byId("show-" + layer); return box && box.checked; };
  const isShown = (span) => !span.dataset.cases || getComputedStyle(span).getPropertyValue("--shown").trim() === "1";
  const layerOf = (span) => span.dataset.event || span.dataset.proposition ? "events" : span.dataset.stance ? "stance" : "entities";

  function annotated(node) {
    if (!node.closest) return null;
    for (let x = node.closest("#text .x"); x; x = x.parentElement.closest("#text .x")) if (isShown(x)) return x;
    const span = node.closest("#text .m[data-entity], #text .e") || node.closest("#text .prop, #text .q");
    return span && isOn(layerOf(span)) ? span : node.closest(".card");
  }

  document.addEventListener("mouseover", (event) => light(annotated(event.target) || pinned));
  document.addEventListener("focusin", (event) => { // by keyboard only: a click gives the focus back as well
    if (event.target.matches(":focus-visible")) light(annotated(event.target) || pinned);
  });
  document.addEventListener("focusout", () => light(pinned));

  // cards --------------------------------------------------------------------------------------------------

  function reveal(place) {
    if (!place) return;
    place.scrollIntoView({ block: "center", behavior: calm.matches ? "auto" : "smooth" });
    place.classList.remove("flash");
    void place.offsetWidth; // starts the animation anew
    place.classList.add("flash");
  }

  function open(card, from, others = []) {
    slot.replaceChildren(...[card, ...others].map((one) => {
      const copy = one.cloneNode(true);
      copy.removeAttribute("id");
      return copy;
    }));
    inspector.hidden = false;
    inspector.scrollTop = 0;
    pinned = card;
    opener = from && !inspector.contains(from) ? from : opener;
    light(card);
  }

  function close() {
    if (inspector.hidden) return;
    inspector.hidden = true;
    slot.replaceChildren();
    pinned = null;
    light(null);
    if (opener && opener.isConnected) opener.focus({ preventScroll: true });
    opener = null;
  }

  // On a small screen the card lies over the text: move what it belongs to out from under it.
  function uncover(place) {
    if (getComputedStyle(inspector).position !== "fixed") return;
    const below = place.getBoundingClientRect().bottom + 24 - inspector.getBoundingClientRect().top;
    if (below > 0) scrollBy({ top: below, behavior: calm.matches ? "auto" : "smooth" });
  }

  function placeOf(card) {
    const { entity, event, stance, proposition, case: single } = card.dataset;
    return spans.find((span) =>
      single ? casesOf(span).includes(single) : event ? span.dataset.event === event : entity ? span.dataset.entity === entity
        : proposition ? span.dataset.proposition === proposition : span.dataset.stance === stance);
  }

  function follow(id, from) {
    const target = byId(id);
    if (!target) return false;
    if (target.classList.contains("card")) {
      open(target, from);
      if (!from || !text.contains(from)) reveal(placeOf(target));
      else uncover(from);
    } else {
      reveal(target);
    }
    return true;
  }

  // A mark opens the cards of its cases, those first that the filters show.
  function openCases(span) {
    const isChosen = (card) => {
      const [kind, layer] = ["k-", "l-"].map((start) => [...card.classList].find((name) => name.startsWith(start)).slice(2));
      const box = byId("kind-" + layer + "-" + kind);
      return !box || box.checked;
    };
    const cards = casesOf(span).map(byId);
    const chosen = cards.filter(isChosen);
    const [first, ...others] = chosen.length ? chosen : cards;
    open(first, span, others);
    pinned = span;
    light(span);
    uncover(span);
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest(".close")) return close();
    const marked = event.target.closest("#text") && annotated(event.target);
    if (marked && marked.dataset.cases) {
      event.preventDefault();
      return openCases(marked);
    }
    const link = event.target.closest('a[href^="#"]');
    if (link && !link.classList.contains("skip")) {
      if (follow(decodeURIComponent(link.hash.slice(1)), link)) event.preventDefault();
      return;
    }
    const span = event.target.closest("#text .m[data-entity]") || event.target.closest("#text .prop, #text .q");
    if (span && isOn(layerOf(span))) {
      const { entity, stance, proposition } = span.dataset;
      follow(entity ? "entity-" + entity : proposition ? "proposition-" + proposition : "stance-" + stance, span);
      return;
    }
    const card = event.target.closest(".panel .card");
    if (card && !event.target.closest("a")) follow(card.id, card.querySelector("a"));
  });

  // keyboard: one stop for the whole text, arrows from span to span ------------------------------------------

  const marks = all(".x", text).filter((span) => span.id);
  const stops = marks.length ? marks : all(".m[data-entity], .e", text).filter((span) => span.id);
  stops.forEach((span, i) => { span.tabIndex = i ? -1 : 0; });
  marks.forEach((span) => span.setAttribute("role", "button"));
  text.addEventListener("focusin", (event) => {
    if (!stops.includes(event.target)) return;
    stops.forEach((span) => { span.tabIndex = -1; });
    event.target.tabIndex = 0;
  });
  text.addEventListener("keydown", (event) => {
    if (!stops.includes(event.target)) return;
    const seen = stops.filter(isShown);
    const at = seen.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: seen.length - 1 }[event.key];
    if (to !== undefined && seen[to]) {
      event.preventDefault();
      seen[to].focus();
    } else if ((event.key === "Enter" || event.key === " ") && event.target.dataset.cases) {
      event.preventDefault();
      openCases(event.target);
    } else if (event.key === "Enter" && event.target.dataset.entity) {
      follow("entity-" + event.target.dataset.entity, event.target);
    }
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });

  // tabs ---------------------------------------------------------------------------------------------------

  const tabs = all("[role=tab]");
  const panels = tabs.map((tab) => byId(tab.getAttribute("aria-controls")));
  function choose(chosen) {
    tabs.forEach((tab, i) => {
      tab.setAttribute("aria-selected", String(i === chosen));
      tab.tabIndex = i === chosen ? 0 : -1;
      panels[i].hidden = i !== chosen;
      panels[i].setAttribute("role", "tabpanel");
    });
  }
  tabs.forEach((tab, i) => {
    tab.addEventListener("click", () => choose(i));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const to = (i + step + tabs.length) % tabs.length;
      choose(to);
      tabs[to].focus();
    });
  });
  all("[name=cases]").forEach((input) => input.addEventListener("change", close));
  document.documentElement.classList.add("js");
  choose(0);
  addEventListener("beforeprint", () => panels.forEach((panel) => { panel.hidden = false; }));
  addEventListener("afterprint", () => choose(Math.max(0, tabs.findIndex((tab) => tab.tabIndex === 0))));
  if (location.hash) follow(decodeURIComponent(location.hash.slice(1)), null);
})();
