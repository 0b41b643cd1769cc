import { clockText } from "../shared/clock.js";
import { h, iconButton, mark, relabel, say } from "../shared/dom.js";
import { TRAVEL_KEYS } from "../shared/keys.js";

const SPEEDS = [0.1, 0.25, 0.5, 1, 1.5, 2];

/** What the keys do with takes on one clock, by `acts` of the bar. */
export const CLOCK_KEYS = [
  { keys: [" ", "k"], shown: ["Space", "K"], words: "Play or pause all", act: "toggle" },
  { keys: ["j"], shown: ["J"], words: "Slower", act: "slower" },
  { keys: ["l"], shown: ["L"], words: "Faster", act: "faster" },
  ...TRAVEL_KEYS,
  { keys: ["r"], shown: ["R"], words: "Repeat", act: "loop" },
];

/** The bar under takes on one clock: play, step, scrub, speed, repeat. *help* gets a button; *whole* tells the length too. */
export function createClockBar(together, { help, whole = false }) {
  const clock = together.state;
  const toggle = iconButton("play", "Play all", () => together.toggle());
  const bar = h("input", { type: "range", class: "sora-scrub", min: 0, max: 1000, value: 0, step: "any", "aria-label": "Position in all takes" });
  const time = h("output", { class: "sora-clock" });
  const loop = iconButton("loop", "Repeat (R)", () => acts.loop());
  const speed = h("select", { class: "sora-input sora-speeds", "aria-label": "Speed", title: "Speed (J slower, L faster)", onchange: () => together.setRate(Number(speed.value)) }, SPEEDS.map((rate) => h("option", { value: rate, selected: rate === 1 }, `${rate}×`)));
  const node = h(
    "div",
    { class: "sora-compare-bar", role: "group", "aria-label": "Playback" },
    h("div", { class: "sora-group" }, iconButton("stepBack", "One frame back (←)", () => acts.frameBack()), toggle, iconButton("stepForward", "One frame on (→)", () => acts.frameOn())),
    bar,
    time,
    h("div", { class: "sora-group" }, speed, loop, iconButton("help", "Keys (?)", help)),
  );
  toggle.classList.add("sora-button-main");

  const acts = {
    toggle: together.toggle,
    slower: () => changeSpeed(-1),
    faster: () => changeSpeed(1),
    frameBack: () => together.step(-1),
    frameOn: () => together.step(1),
    secondBack: () => together.skip(-1),
    secondOn: () => together.skip(1),
    home: () => together.seek(0),
    end: () => together.toEnd(),
    loop: () => ((clock.loop = !clock.loop), draw()),
  };
  function changeSpeed(by) {
    speed.selectedIndex = Math.max(0, Math.min(SPEEDS.length - 1, speed.selectedIndex + by));
    together.setRate(SPEEDS[speed.selectedIndex]);
  }
  function draw() {
    relabel(toggle, clock.going ? "pause" : "play", clock.going ? "Pause all (Space)" : "Play all (Space)");
    const end = together.end();
    if (end && document.activeElement !== bar) bar.value = (clock.time / end) * 1000;
    mark(bar, "aria-valuetext", `${clock.time.toFixed(2)} of ${end.toFixed(2)} seconds`);
    say(time, end ? [clock.time, ...(whole ? [end] : [])].map((seconds) => clockText(seconds * 1000)).join(" / ") : "");
    mark(loop, "aria-pressed", String(clock.loop));
  }
  bar.addEventListener("input", () => together.seek((bar.value / 1000) * together.end()));
  bar.addEventListener("change", () => bar.blur());

  return { node, toggle, acts, draw };
}
