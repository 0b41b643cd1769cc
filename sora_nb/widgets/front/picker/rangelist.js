import { secondsText } from "../shared/clock.js";
import { h, icon, iconButton, mark, say } from "../shared/dom.js";

const MOST_LETTERS = 80;

/** The ranges of the video, each to become one character: to name, select, add and take away. */
export function createRangeList(state, on) {
  const list = h("ul", { class: "sora-ranges" });
  const add = h(
    "button",
    { type: "button", class: "sora-button sora-button-small", title: "Add a range at the playhead (+)", onclick: on.add },
    icon("plus"),
    "Add range",
  );
  const heading = h("h3", { class: "sora-heading" }, "Ranges");
  const node = h(
    "section",
    { class: "sora-ranges-box", "aria-label": "Ranges" },
    h("div", { class: "sora-ranges-head" }, heading, add),
    list,
  );
  const rows = [];

  function row(place) {
    const select = h("button", { type: "button", class: "sora-range-select", onclick: () => on.select(place) }, h("span", { class: "sora-range-dot" }, String(place + 1)));
    const name = h("input", {
      class: "sora-input sora-range-name", maxlength: MOST_LETTERS, autocomplete: "off", spellcheck: "false",
      placeholder: `Range ${place + 1}`, "aria-label": `Label of range ${place + 1}`,
    });
    const span = h("span", { class: "sora-range-span" });
    const remove = iconButton("close", "", () => on.remove(place));
    name.addEventListener("focus", () => on.select(place));
    name.addEventListener("change", () => state.rename(place, name.value.trim()));
    name.addEventListener("keydown", (event) => {
      if (event.key === "Enter") name.blur();
      else if (event.key === "Escape") {
        name.value = state.ranges[place].name;
        on.leave();
      } else return;
      event.preventDefault();
      event.stopPropagation();
    });
    return { node: h("li", { class: "sora-range" }, select, name, span, remove), select, name, span, remove };
  }

  return {
    node,
    draw() {
      while (rows.length < state.ranges.length) {
        rows.push(row(rows.length));
        list.append(rows.at(-1).node);
      }
      while (rows.length > state.ranges.length) rows.pop().node.remove();
      state.ranges.forEach((one, place) => {
        const { node: line, select, name, span, remove } = rows[place];
        mark(line, "data-here", place === state.selected);
        mark(select, "aria-pressed", String(place === state.selected));
        mark(select, "aria-label", `Select ${place + 1}: ${state.nameOf(place)}`);
        mark(remove, "aria-label", `Remove ${state.nameOf(place)}`);
        mark(remove, "title", "Remove this range");
        remove.hidden = state.ranges.length === 1;
        if (document.activeElement !== name) name.value = one.name;
        say(span, `${secondsText(one.in)} to ${secondsText(one.out)} s${one.box ? ", boxed" : ""}`);
      });
    },
  };
}
