import { h, iconButton, listen, mark, relabel, say, throttle } from "./dom.js";
import { clamp, clockText, nearestFrame, readTime, secondsText, toMs } from "./clock.js";
import { openFeed } from "./feed.js";
import { actOf, createHelp } from "./keys.js";
import { createPlayback } from "./playback.js";
import { createRemarks } from "./remarks.js";
import { createStage } from "./stage.js";
import { createTimeline } from "./timeline.js";

const FPS_UNKNOWN = 30;
const STRIP_FRAMES = 32;
const EMPTY = { words: "No video yet", hint: 'sora_nb.pick("clip.mp4")' };

/**
 * The range picker of one model in *el*. Traits read: value, duration, fps, findings, limits.
 * Traits written: value, current_time. Returns what takes it away again.
 */
export function mountPicker({ model, el, empty = EMPTY }) {
  const state = { in: 0, out: 0, duration: 0, fps: FPS_UNKNOWN, limits: {} };
  let feed = null;

  const stage = createStage();
  const playback = createPlayback(stage.video, state, draw);
  const timeline = createTimeline(state, { seek: playback.seek, select, zoom: drawZoom });
  const remarks = createRemarks(([start, end]) => {
    select(toMs(start), toMs(end), false);
    playback.seek(toMs(start));
  });

  const acts = {
    toggle: playback.toggle,
    back: () => playback.shuttle(-1),
    forward: () => playback.shuttle(1),
    frameBack: () => playback.step(-1),
    frameOn: () => playback.step(1),
    secondBack: () => playback.skip(-1000),
    secondOn: () => playback.skip(1000),
    home: () => playback.seek(0),
    end: () => playback.seek(state.duration),
    markIn: () => markAt("in"),
    markOut: () => markAt("out"),
    goIn: () => playback.seek(state.in),
    goOut: () => playback.seek(state.out),
    selection: playback.playSelection,
    loop: () => {
      state.loop = !state.loop;
      draw();
    },
    zoom: timeline.toggleZoom,
    mute: () => {
      stage.video.muted = !stage.video.muted;
      draw();
    },
    help: () => showHelp(help.hidden),
    leave: () => (help.hidden ? document.activeElement?.blur() : showHelp(false)),
  };
  /** Mark at the playhead; a mark set beyond the other one takes it along. */
  function markAt(which) {
    const here = state.time >= state.duration ? state.duration : nearestFrame(state.time, state.fps);
    const span = state.out - state.in;
    if (which === "in") select(here, here < state.out ? state.out : Math.min(state.duration, here + span), false);
    else select(here > state.in ? state.in : Math.max(0, here - span), here, false);
  }

  const title = h("span", { class: "sora-title" });
  const facts = h("span", { class: "sora-facts" });
  const buttons = {
    frameBack: iconButton("stepBack", "One frame back (←)", acts.frameBack),
    toggle: iconButton("play", "Play (Space)", acts.toggle),
    frameOn: iconButton("stepForward", "One frame on (→)", acts.frameOn),
    selection: iconButton("between", "Play the selection (/)", acts.selection),
    loop: iconButton("loop", "Repeat the selection (R)", acts.loop),
    zoom: iconButton("zoom", "Zoom to the selection (Z)", acts.zoom),
    mute: iconButton("muted", "Sound on (M)", acts.mute),
    help: iconButton("help", "Keys (?)", acts.help),
  };
  buttons.toggle.classList.add("sora-button-main");
  const now = h("output", { class: "sora-clock", "aria-label": "Playhead" });
  const whole = h("span", { class: "sora-clock sora-clock-soft" });
  const transport = h(
    "div",
    { class: "sora-transport", role: "group", "aria-label": "Playback" },
    h("div", { class: "sora-group" }, buttons.frameBack, buttons.toggle, buttons.frameOn),
    h("div", { class: "sora-clocks" }, now, whole),
    h("div", { class: "sora-group" }, buttons.selection, buttons.loop, h("span", { class: "sora-divider" }), buttons.zoom, buttons.mute, buttons.help),
  );
  const fields = { in: field("in", "In", "I", acts.markIn), out: field("out", "Out", "O", acts.markOut) };
  const length = h("output", { class: "sora-length" });
  const rule = h("p", { class: "sora-rule" });
  const inspector = h(
    "div",
    { class: "sora-inspector" },
    fields.in.node,
    fields.out.node,
    h("div", { class: "sora-field-row" }, h("span", { class: "sora-label" }, "Length"), length),
    rule,
    remarks.node,
  );
  const help = createHelp(() => showHelp(false));
  const viewer = h("div", { class: "sora-viewer" }, stage.node, transport, help);
  const root = h(
    "section",
    { class: "sora sora-picker", tabindex: 0, "aria-label": "Range picker" },
    h("header", { class: "sora-head" }, title, facts),
    h("div", { class: "sora-desk" }, viewer, timeline.node, inspector),
  );

  function field(which, words, key, atPlayhead) {
    const id = `sora-${which}-${Math.random().toString(36).slice(2)}`;
    const trouble = h("p", { class: "sora-field-trouble", id: `${id}-trouble`, role: "alert", hidden: true });
    const input = h("input", { id, class: "sora-input sora-time", inputmode: "decimal", autocomplete: "off", spellcheck: "false" });
    const show = (words) => {
      say(trouble, words);
      trouble.hidden = !words;
      mark(input, "aria-invalid", words ? "true" : null);
      mark(input, "aria-describedby", words ? trouble.id : null);
    };
    const reset = () => {
      show("");
      input.value = clockText(state[which]);
    };
    const commit = () => {
      const ms = readTime(input.value);
      if (ms === null) return show(`"${input.value}" is not a time. Write seconds, 65.25, or minutes, 1:05.25.`);
      if (input.value !== clockText(state[which])) {
        select(which === "in" ? ms : state.in, which === "out" ? ms : state.out, false);
        playback.seek(ms);
      }
      reset();
    };
    input.addEventListener("change", commit);
    input.addEventListener("focus", () => input.select());
    input.addEventListener("keydown", (event) => {
      const frames = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (event.key === "Escape") {
        reset();
        root.focus({ preventScroll: true });
      } else if (event.key === "Enter") commit();
      else if (frames) {
        const ms = clamp(nearestFrame(state[which] + (frames * (event.shiftKey ? 1000 : 1000 / state.fps)), state.fps), 0, state.duration);
        select(which === "in" ? ms : state.in, which === "out" ? ms : state.out, false);
        playback.seek(ms);
        reset();
      } else return;
      event.preventDefault();
      event.stopPropagation();
    });
    const set = h(
      "button",
      { type: "button", class: "sora-button", title: `Mark ${which} at the playhead (${key})`, onclick: atPlayhead },
      `Mark ${which}`,
      h("kbd", { "aria-hidden": "true" }, key),
    );
    const row = h("div", { class: "sora-field-row" }, h("label", { class: "sora-label", for: id }, words), input, set);
    return { node: h("div", { class: "sora-field" }, row, trouble), input, reset };
  }

  const send = throttle(33, () => {
    model.set("value", [state.in / 1000, state.out / 1000]);
    model.save_changes();
  });
  const sendTime = throttle(250, () => {
    model.set("current_time", Math.round(state.time) / 1000);
    model.save_changes();
  });

  function select(start, end, dragging) {
    state.in = start;
    state.out = end;
    draw();
    send();
    if (!dragging) send.flush();
  }
  function showHelp(open) {
    help.hidden = !open;
    (open ? help.querySelector("button") : root).focus({ preventScroll: true });
  }
  function drawZoom(zoomed) {
    relabel(buttons.zoom, zoomed ? "fit" : "zoom", zoomed ? "Show the whole video (Z)" : "Zoom to the selection (Z)");
  }
  let timeDrawn = null;
  function draw() {
    timeline.draw();
    say(now, clockText(state.time));
    say(whole, state.duration ? clockText(state.duration) : "");
    say(length, `${secondsText(state.out - state.in)} s`);
    for (const name of ["in", "out"]) {
      if (document.activeElement !== fields[name].input) fields[name].input.value = clockText(state[name]);
    }
    const playing = state.rate !== 0;
    relabel(buttons.toggle, playing ? "pause" : "play", playing ? "Pause (Space)" : "Play (Space)");
    relabel(buttons.mute, stage.video.muted ? "muted" : "sound", stage.video.muted ? "Sound on (M)" : "Sound off (M)");
    mark(buttons.loop, "aria-pressed", String(state.loop));
    mark(buttons.selection, "aria-pressed", String(state.within));
    stage.setSpeed(state.rate);
    if (timeDrawn !== state.time) sendTime();
    timeDrawn = state.time;
  }
  function drawFindings() {
    mark(root, "data-level", state.duration || model.get("findings").length ? remarks.draw(model.get("findings"), model.get("limits").passes) : null);
  }
  function takeTraits() {
    const limits = model.get("limits");
    const ms = (seconds) => (seconds === null || seconds === undefined ? null : toMs(seconds));
    state.limits = {
      min: ms(limits.min_seconds), max: ms(limits.max_seconds), warn: ms(limits.warn_above), advised: limits.advised?.map(toMs),
    };
    say(rule, limits.words ?? "");
    state.fps = model.get("fps") || FPS_UNKNOWN;
    state.duration = toMs(model.get("duration") ?? 0) || toMs(stage.video.duration || 0);
    if (!timeline.dragging) [state.in, state.out] = model.get("value").map(toMs);
    draw();
    drawFindings();
  }

  function load() {
    feed?.close();
    playback.reset();
    timeline.clearStrip();
    stage.set("loading", "Opening the video");
    feed = openFeed(model, "source", {
      facts: (told) => {
        say(title, told.title);
        mark(title, "title", told.title);
        say(facts, told.words);
        feed.wantStrip(STRIP_FRAMES);
      },
      poster: (address) => (stage.video.poster = address),
      strip: timeline.setStrip,
      progress: (share) => stage.set("loading", `Loading ${Math.round(share * 100)} %`, { share }),
      ready: (address) => (stage.video.src = address),
      trouble: (kind, words) => {
        mark(root, "data-empty", kind === "empty");
        if (kind === "empty") stage.set(kind, empty.words, { hint: empty.hint });
        else stage.set(kind, words);
      },
    });
    mark(root, "data-loaded", null);
    mark(root, "data-empty", null);
  }
  stage.video.addEventListener("loadeddata", () => {
    stage.set("ready");
    mark(root, "data-loaded", true);
  });
  stage.video.addEventListener("loadedmetadata", () => {
    if (!model.get("duration") && Number.isFinite(stage.video.duration)) {
      model.send({ kind: "picker:duration", seconds: stage.video.duration });
    }
    takeTraits();
  });
  stage.video.addEventListener("error", () => {
    if (!stage.video.getAttribute("src") || feed.retry()) return;
    stage.set("error", "This browser cannot play the video. The range can still be typed.");
  });
  stage.video.addEventListener("click", () => {
    root.focus({ preventScroll: true });
    playback.toggle();
  });
  root.addEventListener("keydown", (event) => {
    const act = actOf(event);
    if (!act || !root.contains(event.target)) return;
    event.preventDefault();
    event.stopPropagation();
    acts[act]();
  });
  const hear = (message) => {
    if (message?.kind === "picker:reload") load();
    else if (message?.kind === "picker:seek") playback.seek(toMs(message.seconds));
  };

  model.on("msg:custom", hear);
  const deaf = [
    listen(model, ["value", "duration", "fps", "limits"], takeTraits),
    listen(model, ["findings"], drawFindings),
  ];
  el.append(root);
  takeTraits();
  load();
  return () => {
    model.off("msg:custom", hear);
    deaf.forEach((stop) => stop());
    [send, sendTime].forEach((late) => late.stop());
    [feed, playback, timeline, remarks].forEach((part) => part.close());
    root.remove();
  };
}

export default { render: mountPicker };
