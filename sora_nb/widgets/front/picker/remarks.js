import { h, icon, mark } from "../shared/dom.js";

const WORDS = { error: "Error", warning: "Warning", hint: "Hint", ok: "Good" };

/** The findings of Python, in words, each with its fix on a button. `onfix(range)` takes it. */
export function createRemarks(onfix) {
  const list = h("ul", { class: "sora-remarks" });
  const spoken = h("p", { class: "sora-unseen", role: "status" });
  let speaking = null;

  function row({ level, message, fix, fix_text: fixText }) {
    const mend = fix && h("button", { type: "button", class: "sora-button sora-button-fix", onclick: () => onfix(fix) }, fixText);
    return h(
      "li",
      { class: "sora-remark", "data-level": level },
      icon(level),
      h("span", { class: "sora-remark-text" }, h("span", { class: "sora-unseen" }, `${WORDS[level]}: `), message),
      mend,
    );
  }

  return {
    node: h("div", { class: "sora-remarks-box" }, list, spoken),
    /** The gravest level, which colours the selection. */
    draw(findings, passes) {
      const rows = findings.length ? findings : passes ? [{ level: "ok", message: passes }] : [];
      list.replaceChildren(...rows.map(row));
      // Spoken once the hand has come to rest, or a drag would be read out thirty times a second.
      clearTimeout(speaking);
      speaking = setTimeout(() => {
        mark(spoken, "role", rows[0]?.level === "error" ? "alert" : "status");
        spoken.textContent = rows.map(({ level, message }) => `${WORDS[level]}: ${message}`).join(" ");
      }, 500);
      return rows[0]?.level ?? "ok";
    },
    close: () => clearTimeout(speaking),
  };
}
