import { toMs } from "../shared/clock.js";
import { h, mark } from "../shared/dom.js";

/** Ranges that a scan suggests, each a button that takes it. `ontake(start, end, box)` in ms, *box* null where nobody is meant. */
export function createChips(ontake) {
  const list = h("ul", { class: "sora-chips" });
  const node = h("section", { class: "sora-suggested", "aria-label": "Suggested ranges", hidden: true }, h("h3", { class: "sora-heading" }, "Suggested"), list);
  let shown = [];

  return {
    node,
    set(suggestions) {
      node.hidden = !suggestions.length;
      shown = suggestions.map(({ start, end, place, words, reasons, box = null }) => {
        const button = h(
          "button",
          { type: "button", class: "sora-button sora-suggestion", title: reasons, onclick: () => ontake(toMs(start), toMs(end), box) },
          h("strong", {}, place),
          words ? h("span", {}, `: ${words}`) : null,
        );
        return { start: toMs(start), end: toMs(end), button };
      });
      list.replaceChildren(...shown.map(({ button }) => h("li", {}, button)));
    },
    draw(state) {
      for (const { start, end, button } of shown) mark(button, "aria-pressed", String(state.in === start && state.out === end));
    },
  };
}
