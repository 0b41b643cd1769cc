import { h, icon, mark, say } from "../shared/dom.js";

/**
 * One step of the panel: its number, which becomes a tick once it is done, its name, and what was said of it last,
 * where it arose. *actions* stand at the right of its head.
 */
export function createStep(number, name, actions, ...content) {
  const id = `sora-${Math.random().toString(36).slice(2)}`;
  const badge = h("span", { class: "sora-step-number", "aria-hidden": "true" }, String(number));
  const hint = h("span", { class: "sora-step-hint" });
  const text = h("span", {});
  const note = h("div", { class: "sora-note", role: "status", hidden: true }, text);
  const head = h("header", { class: "sora-step-head" }, badge, h("h3", { id }, name), hint, h("div", { class: "sora-step-actions" }, actions));
  const node = h("section", { class: "sora-step", "aria-labelledby": id, "data-step": name.toLowerCase() }, head, ...content, note);
  let shown = "";
  return {
    node,
    hint: (words) => say(hint, words),
    done(is) {
      mark(node, "data-done", is);
      const symbol = is ? "ok" : "number";
      if (badge.dataset.symbol !== symbol) badge.replaceChildren(is ? icon("tick") : String(number));
      badge.dataset.symbol = symbol;
    },
    /** Say something here, or nothing. Errors interrupt a screen reader, the rest waits its turn. */
    say(level, words) {
      mark(note, "role", level === "error" ? "alert" : "status");
      mark(note, "data-level", level);
      if (shown !== level) note.replaceChildren(level === "busy" ? h("span", { class: "sora-spinner", "aria-hidden": "true" }) : icon(level), text);
      shown = level;
      say(text, words);
      note.hidden = !words;
    },
  };
}
