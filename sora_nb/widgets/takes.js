import { h, icon, mark, say } from "./dom.js";
import { createCompare } from "./compare.js";
import { createJobCard } from "./player.js";

const MOST = 9;

/** The results as cards, and the chosen ones side by side. `on.use(id)` takes one as the next source. */
export function createTakes(model, on) {
  const chosen = new Set();
  const cards = new Map();
  const grid = h("div", { class: "sora-takes" });
  const count = h("span", { class: "sora-count" });
  const side = h("button", { type: "button", class: "sora-button", disabled: true, onclick: () => compare.show(picked()) }, "Side by side");
  const none = h("p", { class: "sora-nothing" }, icon("film"), "No videos yet. Write a prompt and press Generate.");
  const compare = createCompare(model, () => compare.show([]));
  const node = h(
    "section",
    { class: "sora-part", "aria-label": "Results" },
    h("header", { class: "sora-part-head" }, h("h3", {}, "Results"), count, side),
    compare.node,
    none,
    grid,
  );

  const picked = () => model.get("takes").filter((facts) => chosen.has(facts.id) && facts.has_video).slice(0, MOST);

  function makeCard(facts) {
    const box = h("input", { type: "checkbox", onchange: () => choose(facts.id, box.checked) });
    const use = h("button", { type: "button", class: "sora-button sora-button-small", onclick: () => on.use(facts.id) }, "Use as source");
    const pick = h("label", { class: "sora-check" }, box, "Compare");
    return Object.assign(createJobCard(model, `video:${facts.id}`, { lazy: true, more: [pick, use] }), { done: [use, pick] });
  }
  function choose(id, wanted) {
    if (wanted) chosen.add(id);
    else chosen.delete(id);
    drawChoice();
  }
  function drawChoice() {
    const many = picked().length;
    side.disabled = many < 2;
    say(side, many < 2 ? "Side by side" : `Side by side (${many})`);
    mark(side, "title", many < 2 ? "Tick two or more finished videos" : null);
  }

  return {
    node,
    draw() {
      const takes = model.get("takes");
      for (const [id, card] of cards) {
        if (takes.some((facts) => facts.id === id)) continue;
        card.close();
        cards.delete(id);
        chosen.delete(id);
      }
      takes.forEach((facts, place) => {
        if (!cards.has(facts.id)) cards.set(facts.id, makeCard(facts));
        const card = cards.get(facts.id);
        card.draw(facts);
        card.done.forEach((node) => (node.hidden = !facts.has_video));
        if (grid.children[place] !== card.node) grid.insertBefore(card.node, grid.children[place] ?? null);
      });
      none.hidden = takes.length > 0;
      const running = takes.filter((facts) => !facts.ended).length;
      say(count, running ? `${running} in progress` : "");
      drawChoice();
      compare.refresh(takes);
    },
    close() {
      compare.close();
      cards.forEach((card) => card.close());
    },
  };
}
