import { h, iconButton, mark } from "../shared/dom.js";

const STARS = [5, 4, 3, 2, 1];

/**
 * In which order takes are shown, and which of them: two choices over the columns in which they differ.
 *
 * `on.order(order)` and `on.only(only)` are told what a person chose, as the traits of that name hold it.
 */
export function createOrdering(on) {
  const sort = h("select", { class: "sora-input", "aria-label": "Order", onchange: () => choose(sort.value) });
  const turn = iconButton("descending", "Turn the order round", () => state.order.length && on.order([state.order[0], !state.order[1]]));
  const pick = h("select", { class: "sora-input", "aria-label": "Show", onchange: () => on.only(pick.value ? JSON.parse(pick.value) : []) });
  const node = h("span", { class: "sora-ordering", hidden: true }, pick, sort, turn);
  const state = { columns: [], order: [], only: [] };

  function choose(name) {
    const column = state.columns.find((each) => each.name === name);
    on.order(column ? [name, column.descending] : []);
  }
  function fill(select, first, groups, chosen) {
    const option = ([value, words]) => h("option", { value, selected: value === chosen }, words);
    select.replaceChildren(
      h("option", { value: "" }, first),
      ...groups.map(([label, options]) => (label ? h("optgroup", { label }, options.map(option)) : options.map(option))).flat(),
    );
    select.value = chosen;
  }
  return {
    node,
    all: () => on.only([]),
    /** Draw the choices that there are, and those that were made. */
    draw(columns, order, only, many) {
      Object.assign(state, { columns, order, only });
      node.hidden = many < 2;
      fill(sort, "As given", [["", columns.map(({ name, words }) => [name, words])]], order[0] ?? "");
      turn.hidden = !order.length;
      mark(turn, "aria-label", order[1] ? "Highest first; turn round" : "Lowest first; turn round");
      mark(turn, "data-turned", order.length && !order[1]);
      const words = columns.filter(({ kind }) => kind === "text");
      const stars = ["Stars", STARS.map((least) => [JSON.stringify(["rating", least]), least === 5 ? "5 stars" : `${least} stars or more`])];
      const groups = words.map(({ name, words: label, values }) => [label, values.map((value) => [JSON.stringify([name, value]), value])]);
      const chosen = only.length ? JSON.stringify(only) : "";
      const told = [...groups, stars].flatMap(([, options]) => options).some(([value]) => value === chosen);
      // What Python chose may be none of those that are offered here.
      fill(pick, "All takes", [...groups, stars, ...(chosen && !told ? [["", [[chosen, `${only[0]} ${only[1]}`]]]] : [])], chosen);
    },
  };
}

/** The takes in their order, without those that are not wanted. `values(take)` are its figures and words. */
export function ordered(takes, columns, order, only, values) {
  const kind = Object.fromEntries(columns.map((column) => [column.name, column.kind]));
  const [by, descending] = order;
  const [column, wanted] = only;
  const fits = (take) => {
    const value = values(take)[column];
    return kind[column] === "number" ? value !== null && value !== undefined && value >= wanted : value === wanted;
  };
  const shown = only.length ? takes.filter(fits) : [...takes];
  if (!order.length) return shown;
  // What has no figure stands last, whichever way round.
  return shown.sort((one, other) => {
    const [a, b] = [values(one)[by] ?? null, values(other)[by] ?? null];
    if (a === b) return 0;
    if (a === null || b === null) return a === null ? 1 : -1;
    const before = typeof a === "number" ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true });
    return descending ? -before : before;
  });
}
