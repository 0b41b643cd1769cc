import { h, iconButton, mark, relabel, say } from "../shared/dom.js";

/** The lines of Python that the buttons stood for: the newest, and all of them behind it. */
export function createCodeLog(model) {
  const last = h("code", { class: "sora-code-line", tabindex: 0, role: "group", "aria-label": "The line of Python that was run last" });
  const copyLast = iconButton("copy", "Copy the line of Python", () => copy(copyLast, model.get("lines").at(-1)));
  const all = h("pre", { class: "sora-code-all", tabindex: 0, role: "group", "aria-label": "Every line of Python" });
  const copyAll = h("button", { type: "button", class: "sora-button sora-button-small", onclick: () => copy(null, model.get("lines").join("\n")) }, "Copy all");
  const rest = h("details", { class: "sora-code-rest", hidden: true }, h("summary", {}, "All lines"), all, copyAll);
  const node = h("footer", { class: "sora-code", hidden: true }, h("span", { class: "sora-soft sora-code-head" }, "In Python"), last, copyLast, rest);
  const spoken = h("span", { class: "sora-unseen", role: "status" });
  node.append(spoken);

  function copy(button, text) {
    const told = () => {
      if (button) relabel(button, "ok", "Copied");
      say(spoken, "Copied");
    };
    // A page that is not served safely has no clipboard: then the text is marked, to be copied by hand.
    const select = () => getSelection().selectAllChildren(button ? last : all);
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(told, select);
    else select();
  }
  return {
    node,
    draw() {
      const lines = model.get("lines");
      node.hidden = !lines.length;
      say(last, lines.at(-1) ?? "");
      say(all, lines.join("\n"));
      rest.hidden = lines.length < 2;
      say(spoken, "");
      relabel(copyLast, "copy", "Copy the line of Python");
      mark(last, "title", lines.at(-1) ?? null);
    },
  };
}
