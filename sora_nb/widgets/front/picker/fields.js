import { clamp, frameNumber, nearestFrame, readTime, secondsText, unitText } from "../shared/clock.js";
import { h, mark, say } from "../shared/dom.js";

const UNITS = [["clock", "mm:ss"], ["seconds", "Seconds"], ["frames", "Frames"]];
const WRONG = {
  clock: "Write minutes, 1:05.25, seconds, 65.25, or frames, 150f.",
  seconds: "Write seconds, 65.25, minutes, 1:05.25, or frames, 150f.",
  frames: "Write frames, 150, seconds, 65.25 s, or minutes, 1:05.25.",
};

/**
 * In, out and length as numbers to read and to type, in the unit that was chosen.
 *
 * Moves `state`; asks `on.seek(ms)`, `on.mark(which)`, `on.unit(unit)`, and `on.leave()` on Escape.
 */
export function createFields(state, on) {
  const fields = { in: field("in", "In", "I"), out: field("out", "Out", "O") };
  const length = h("output", { class: "sora-length" });
  const frames = h("span", { class: "sora-soft" });
  const unit = h(
    "select",
    { class: "sora-input sora-unit", "aria-label": "Show times in", onchange: () => on.unit(unit.value) },
    UNITS.map(([value, words]) => h("option", { value }, words)),
  );
  const node = h(
    "div",
    { class: "sora-fields" },
    fields.in.node,
    fields.out.node,
    h("div", { class: "sora-field-row" }, h("span", { class: "sora-label" }, "Length"), h("span", { class: "sora-length-row" }, length, frames), unit),
  );

  function set(which, ms) {
    state.move(which === "in" ? ms : state.in, which === "out" ? ms : state.out, { tag: `field ${which}` });
    on.seek(ms);
  }
  function field(which, words, key) {
    const id = `sora-${which}-${Math.random().toString(36).slice(2)}`;
    const trouble = h("p", { class: "sora-field-trouble", id: `${id}-trouble`, role: "alert", hidden: true });
    const input = h("input", { id, class: "sora-input sora-time", autocomplete: "off", spellcheck: "false" });
    const show = (text) => {
      say(trouble, text);
      trouble.hidden = !text;
      mark(input, "aria-invalid", text ? "true" : null);
      mark(input, "aria-describedby", text ? trouble.id : null);
    };
    const reset = () => {
      show("");
      input.value = unitText(state[which], state);
    };
    const commit = () => {
      const ms = readTime(input.value, state);
      if (ms === null) return show(`"${input.value}" is not a time. ${WRONG[state.unit]}`);
      if (input.value !== unitText(state[which], state)) set(which, ms);
      reset();
    };
    input.addEventListener("change", commit);
    input.addEventListener("focus", () => input.select());
    input.addEventListener("keydown", (event) => {
      const way = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (event.key === "Escape") {
        reset();
        on.leave();
      } else if (event.key === "Enter") commit();
      else if (way) {
        const by = way * (event.shiftKey ? 1000 : 1000 / state.fps);
        set(which, clamp(nearestFrame(state[which] + by, state.fps), 0, state.duration));
        reset();
      } else return;
      event.preventDefault();
      event.stopPropagation();
    });
    const button = h(
      "button",
      { type: "button", class: "sora-button", title: `Mark ${which} at the playhead (${key})`, onclick: () => on.mark(which) },
      `Mark ${which}`,
      h("kbd", { "aria-hidden": "true" }, key),
    );
    const row = h("div", { class: "sora-field-row" }, h("label", { class: "sora-label", for: id }, words), input, button);
    return { node: h("div", { class: "sora-field" }, row, trouble), input, reset };
  }

  return {
    node,
    draw() {
      say(length, `${secondsText(state.out - state.in)} s`);
      say(frames, `${frameNumber(state.out, state.fps) - frameNumber(state.in, state.fps)} frames`);
      if (unit.value !== state.unit) unit.value = state.unit;
      for (const name of ["in", "out"]) {
        const { input } = fields[name];
        const text = unitText(state[name], state);
        if (document.activeElement !== input && input.value !== text) input.value = text;
      }
    },
  };
}
