import { h, iconButton } from "./dom.js";

/** What each key does: the one table that both the keyboard and the help are read from. */
export const KEYS = [
  { keys: [" ", "k"], shown: ["Space", "K"], words: "Play or pause", act: "toggle" },
  { keys: ["j"], shown: ["J"], words: "Backwards, again: faster", act: "back" },
  { keys: ["l"], shown: ["L"], words: "Forwards, again: faster", act: "forward" },
  { keys: ["arrowleft", ","], shown: ["←", ","], words: "One frame back", act: "frameBack" },
  { keys: ["arrowright", "."], shown: ["→", "."], words: "One frame on", act: "frameOn" },
  { keys: ["shift+arrowleft"], shown: ["Shift ←"], words: "One second back", act: "secondBack" },
  { keys: ["shift+arrowright"], shown: ["Shift →"], words: "One second on", act: "secondOn" },
  { keys: ["home"], shown: ["Home"], words: "To the start", act: "home" },
  { keys: ["end"], shown: ["End"], words: "To the end", act: "end" },
  { keys: ["i"], shown: ["I"], words: "Mark in here", act: "markIn" },
  { keys: ["o"], shown: ["O"], words: "Mark out here", act: "markOut" },
  { keys: ["shift+i"], shown: ["Shift I"], words: "Go to in", act: "goIn" },
  { keys: ["shift+o"], shown: ["Shift O"], words: "Go to out", act: "goOut" },
  { keys: ["/"], shown: ["/"], words: "Play the selection", act: "selection" },
  { keys: ["r"], shown: ["R"], words: "Repeat the selection", act: "loop" },
  { keys: ["z"], shown: ["Z"], words: "Zoom in and out", act: "zoom" },
  { keys: ["m"], shown: ["M"], words: "Sound on or off", act: "mute" },
  { keys: ["?"], shown: ["?"], words: "This help", act: "help" },
  { keys: ["escape"], shown: ["Esc"], words: "Leave", act: "leave" },
];

const FIELDS = "input:not([type=radio], [type=range]), textarea, select";

/**
 * What reads a key press by a table such as `KEYS`: the act that it stands for, or undefined. Typing in a field,
 * pressing a button and moving a slider or a choice are their own.
 */
export function keyReader(table) {
  const byKey = new Map(table.flatMap(({ keys, act }) => keys.map((key) => [key, act])));
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return undefined;
    const { target } = event;
    if (target.matches(FIELDS)) return undefined;
    if (target.matches("button, summary, a") && (event.key === " " || event.key === "Enter")) return undefined;
    const key = event.key.toLowerCase();
    if (target.matches("input") && !/^[a-z0-9?,.]$/.test(key) && key !== "escape") return undefined;
    return byKey.get(event.shiftKey && /^([a-z]|arrow\w+)$/.test(key) ? `shift+${key}` : key);
  };
}

/** The act of a key press in the picker. */
export const actOf = keyReader(KEYS);

const NOTES = [
  "Click or Tab into the picker first. Drag the band to move both ends.",
  "A dragged end holds where the service's limit is; Alt passes it.",
  "Ctrl and the wheel zoom the timeline.",
];

/** A key table as a panel over the picture. */
export function createHelp(close, table = KEYS, notes = NOTES) {
  const rows = table.map(({ shown, words }) =>
    h("div", { class: "sora-help-row" }, h("span", {}, shown.map((key) => h("kbd", {}, key))), h("span", {}, words)),
  );
  const shut = iconButton("close", "Close the help (Esc)", close);
  return h(
    "div",
    { class: "sora-help", role: "dialog", "aria-label": "Keys", hidden: true },
    h("header", {}, h("strong", {}, "Keys"), shut),
    h("div", { class: "sora-help-rows" }, rows),
    h("p", {}, notes.join(" ")),
  );
}
