import { unitText } from "../shared/clock.js";
import { h, iconButton, mark, relabel, say } from "../shared/dom.js";

/** The buttons under the picture and the clock between them. `acts` has what each of them does. */
export function createTransport(state, video, acts) {
  const buttons = {
    frameBack: iconButton("stepBack", "One frame back (←)", acts.frameBack),
    toggle: iconButton("play", "Play (Space)", acts.toggle),
    frameOn: iconButton("stepForward", "One frame on (→)", acts.frameOn),
    selection: iconButton("between", "Play the selection (/)", acts.selection),
    loop: iconButton("loop", "Repeat the selection (R)", acts.loop),
    undo: iconButton("undo", "Undo (Ctrl+Z)", acts.undo),
    redo: iconButton("redo", "Redo (Ctrl+Shift+Z)", acts.redo),
    who: iconButton("person", "Draw a box around who it is (B)", (event) => acts.who(event.detail > 0)),
    zoom: iconButton("zoom", "Zoom to the selection (Z)", acts.zoom),
    mute: iconButton("muted", "Sound on (M)", acts.mute),
    help: iconButton("help", "Keys (?)", acts.help),
  };
  buttons.toggle.classList.add("sora-button-main");
  const now = h("output", { class: "sora-clock", "aria-label": "Playhead" });
  const whole = h("span", { class: "sora-clock sora-clock-soft" });
  const divider = () => h("span", { class: "sora-divider" });
  const node = h(
    "div",
    { class: "sora-transport", role: "group", "aria-label": "Playback" },
    h("div", { class: "sora-group" }, buttons.frameBack, buttons.toggle, buttons.frameOn, divider(), buttons.selection, buttons.loop),
    h("div", { class: "sora-clocks" }, now, whole),
    h("div", { class: "sora-group" }, buttons.undo, buttons.redo, divider(), buttons.who, buttons.zoom, buttons.mute, buttons.help),
  );

  return {
    node,
    draw({ zoomed, armed, silent, history }) {
      say(now, unitText(state.time, state));
      say(whole, state.duration ? unitText(state.duration, state) : "");
      const playing = state.rate !== 0;
      relabel(buttons.toggle, playing ? "pause" : "play", playing ? "Pause (Space)" : "Play (Space)");
      const sound = video.muted ? ["muted", "Sound on (M)"] : ["sound", "Sound off (M)"];
      relabel(buttons.mute, ...(silent ? ["silent", silent] : sound));
      mark(buttons.mute, "aria-disabled", silent ? "true" : null);
      relabel(buttons.zoom, zoomed ? "fit" : "zoom", zoomed ? "Show the whole video (Z)" : "Zoom to the selection (Z)");
      mark(buttons.loop, "aria-pressed", String(Boolean(state.loop)));
      mark(buttons.selection, "aria-pressed", String(Boolean(state.within)));
      mark(buttons.who, "aria-pressed", String(armed));
      mark(buttons.undo, "aria-disabled", history.canBack ? null : "true");
      mark(buttons.redo, "aria-disabled", history.canOn ? null : "true");
    },
  };
}
