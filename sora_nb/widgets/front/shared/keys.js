import { h, iconButton } from "./dom.js";

/** What moves the playhead, wherever there is one. */
export const TRAVEL_KEYS = [
  { keys: ["arrowleft", ","], shown: ["←", ","], words: "One frame back", act: "frameBack" },
  { keys: ["arrowright", "."], shown: ["→", "."], words: "One frame on", act: "frameOn" },
  { keys: ["shift+arrowleft"], shown: ["Shift ←"], words: "One second back", act: "secondBack" },
  { keys: ["shift+arrowright"], shown: ["Shift →"], words: "One second on", act: "secondOn" },
  { keys: ["home"], shown: ["Home"], words: "To the start", act: "home" },
  { keys: ["end"], shown: ["End"], words: "To the end", act: "end" },
];

/** What each key does: the one table that both the keyboard and the help are read from. */
export const KEYS = [
  { keys: [" "], shown: ["Space"], words: "Play or pause", act: "toggle" },
  { keys: ["k"], shown: ["K"], words: "The same; held, J and L go by a frame", act: "hold" },
  { keys: ["j"], shown: ["J"], words: "Backwards, again: faster", act: "back" },
  { keys: ["l"], shown: ["L"], words: "Forwards, again: faster", act: "forward" },
  ...TRAVEL_KEYS,
  { keys: ["i"], shown: ["I"], words: "Mark in here", act: "markIn" },
  { keys: ["o"], shown: ["O"], words: "Mark out here", act: "markOut" },
  { keys: ["shift+i"], shown: ["Shift I"], words: "Go to in", act: "goIn" },
  { keys: ["shift+o"], shown: ["Shift O"], words: "Go to out", act: "goOut" },
  { keys: ["/"], shown: ["/"], words: "Play the selection", act: "selection" },
  { keys: ["["], shown: ["["], words: "Selection one frame back", act: "nudgeBack" },
  { keys: ["]"], shown: ["]"], words: "Selection one frame on", act: "nudgeOn" },
  { keys: ["{"], shown: ["{"], words: "Selection one second back", act: "nudgeSecondBack" },
  { keys: ["}"], shown: ["}"], words: "Selection one second on", act: "nudgeSecondOn" },
  { keys: ["+"], shown: ["+"], words: "Add a range here", act: "add" },
  { keys: ["arrowup"], shown: ["↑"], words: "Range before", act: "rangeBack" },
  { keys: ["arrowdown"], shown: ["↓"], words: "Range after", act: "rangeOn" },
  { keys: ["b"], shown: ["B"], words: "Box around who it is", act: "who" },
  { keys: ["ctrl+z"], shown: ["Ctrl Z"], words: "Undo", act: "undo" },
  { keys: ["ctrl+shift+z", "ctrl+y"], shown: ["Ctrl Shift Z"], words: "Redo", act: "redo" },
  { keys: ["r"], shown: ["R"], words: "Repeat the selection", act: "loop" },
  { keys: ["z"], shown: ["Z"], words: "Zoom to the selection and back", act: "zoom" },
  { keys: ["="], shown: ["="], words: "Zoom in", act: "zoomIn" },
  { keys: ["-"], shown: ["-"], words: "Zoom out", act: "zoomOut" },
  { keys: ["m"], shown: ["M"], words: "Sound on or off", act: "mute" },
  { keys: ["?"], shown: ["?"], words: "This help", act: "help" },
  { keys: ["escape"], shown: ["Esc"], words: "Leave", act: "leave" },
];

/** What a key that is kept down does again and again; all else is done once. */
export const REPEATED = new Set([
  "frameBack", "frameOn", "secondBack", "secondOn", "nudgeBack", "nudgeOn", "nudgeSecondBack", "nudgeSecondOn", "zoomIn", "zoomOut",
]);

const FIELDS = "input:not([type=radio], [type=range]), textarea, select";

/**
 * What reads a key press by a table such as `KEYS`: the act that it stands for, or undefined. Typing in a field,
 * pressing a button and moving a slider or a choice are their own.
 */
export function keyReader(table) {
  const byKey = new Map(table.flatMap(({ keys, act }) => keys.map((key) => [key, act])));
  return (event) => {
    if (event.altKey || event.defaultPrevented) return undefined;
    const { target } = event;
    if (target.matches(FIELDS)) return undefined;
    if (target.matches("button, summary, a") && (event.key === " " || event.key === "Enter")) return undefined;
    const key = event.key.toLowerCase();
    const ctrl = event.ctrlKey || event.metaKey;
    if (target.matches("input") && (ctrl || (!/^[a-z0-9?,.]$/.test(key) && key !== "escape"))) return undefined;
    const shift = event.shiftKey && /^([a-z]|arrow\w+)$/.test(key);
    return byKey.get(`${ctrl ? "ctrl+" : ""}${shift ? "shift+" : ""}${key}`);
  };
}

/** The act of a key press in the picker. */
export const actOf = keyReader(KEYS);

const NOTES = [
  "Click or Tab into the picker first. Drag the band to move both ends.",
  "A dragged end holds where the service's limit is; Alt passes it.",
  "The wheel zooms the timeline once the picker has the focus, Ctrl and the wheel always; Shift and the wheel, or the bar below, move along it.",
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
