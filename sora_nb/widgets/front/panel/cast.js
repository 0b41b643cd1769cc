import { h, icon, mark, say } from "../shared/dom.js";
import { still } from "../shared/feed.js";

/** The characters as small cards. `on.mention(handle)` puts one into the prompt. */
export function createCast(model, on) {
  const list = h("ul", { class: "sora-cast" });
  const none = h("p", { class: "sora-nothing" }, icon("person"), "No characters yet. Choose a range above, give a name, and create one.");
  const rows = new Map();

  function makeRow(facts) {
    const face = h("span", { class: "sora-face" }, icon("person"));
    const name = h("strong");
    const handle = h("span", { class: "sora-soft" });
    const state = h("span", { class: "sora-chip" });
    const mock = h("span", { class: "sora-chip", "data-tone": "simulated" }, "simulated");
    const about = h("span", { class: "sora-cast-about" });
    const places = h("ul", { class: "sora-places", "aria-label": "Where it exists" });
    const insert = h("button", { type: "button", class: "sora-button sora-button-small" }, "Add to prompt");
    const node = h(
      "li",
      { class: "sora-cast-row" },
      face,
      h("div", { class: "sora-cast-text" }, h("div", { class: "sora-cast-line" }, name, handle, state, mock), about, places),
      insert,
    );
    let picture = null;
    return {
      node,
      draw(facts) {
        const mention = facts.details[0];
        say(name, facts.title);
        say(handle, mention);
        say(state, facts.word);
        mark(state, "data-tone", facts.tone);
        mock.hidden = !facts.simulated;
        say(about, facts.error ?? facts.details.slice(1).filter((words) => !words.startsWith("exists on ")).join(" · "));
        mark(about, "data-error", Boolean(facts.error));
        const told = JSON.stringify(facts.places ?? []);
        if (places.dataset.told !== told) {
          places.dataset.told = told;
          places.replaceChildren(...(facts.places ?? []).map(({ words, tone, state }) => h("li", { class: "sora-chip", "data-tone": tone, title: state }, words)));
          places.hidden = !places.children.length;
        }
        insert.onclick = () => on.mention(mention);
        insert.disabled = facts.tone === "failed";
        mark(insert, "aria-label", `Add ${mention} to the prompt`);
        if (facts.has_video && !picture) {
          picture = still(model, `character:${facts.id}`, "");
          face.append(picture.node);
        }
      },
      close() {
        picture?.close();
        node.remove();
      },
    };
  }

  return {
    node: h("div", {}, none, list),
    draw() {
      const cast = model.get("cast");
      for (const [id, row] of rows) {
        if (cast.some((facts) => facts.id === id)) continue;
        row.close();
        rows.delete(id);
      }
      cast.forEach((facts, place) => {
        if (!rows.has(facts.id)) rows.set(facts.id, makeRow(facts));
        const row = rows.get(facts.id);
        row.draw(facts);
        if (list.children[place] !== row.node) list.insertBefore(row.node, list.children[place] ?? null);
      });
      none.hidden = cast.length > 0;
    },
    close: () => rows.forEach((row) => row.close()),
  };
}
