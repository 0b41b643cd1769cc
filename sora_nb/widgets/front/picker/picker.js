import { h, holdFocus, listen, mark, onFrame, say, throttle } from "../shared/dom.js";
import { createChips } from "./chips.js";
import { createChoice, FPS_UNKNOWN } from "./choice.js";
import { toMs } from "../shared/clock.js";
import { createFields } from "./fields.js";
import { createHistory } from "./history.js";
import { actOf, createHelp, REPEATED } from "../shared/keys.js";
import { createPlayback } from "./playback.js";
import { createPulse } from "./pulse.js";
import { createRangeList } from "./rangelist.js";
import { createRemarks } from "./remarks.js";
import { createReel } from "./reel.js";
import { createStage } from "./stage.js";
import { createTimeline } from "./timeline.js";
import { createTransport } from "./transport.js";
import { createWho } from "./who.js";

const SEND_TIME_EVERY = 250;
const EMPTY = { words: "No video yet", hint: 'sora_nb.pick("clip.mp4")' };

/**
 * The range picker of one model in *el*; *history* is shared by all its views. Returns what takes it away again.
 *
 * Writes the traits `current_time` and `unit`, and through `choice.js` those of the ranges; reads all the others.
 */
export function mountPicker({ model, el, empty = EMPTY, history = createHistory() }) {
  const state = createChoice(model, history, () => draw(), () => setTime());
  const who = createWho(state, {
    armed: (drawing) => {
      armed = drawing;
      if (drawing) announce("Drag over the picture to draw the box.");
      draw();
    },
    leave: toRoot,
  });
  const stage = createStage(who.node);
  const playback = createPlayback(stage.video, state, () => draw(), (ms) => reel.frameAt(ms));
  const timeline = createTimeline(state, {
    seek: playback.seek,
    zoom: () => draw(),
    closer: (from, to) => reel.closer(from, to),
  });
  const reel = createReel({ model, stage, playback, timeline, state, empty, on: { title: drawTitle, empty: drawEmpty, loaded: drawLoaded } });
  const remarks = createRemarks(([start, end]) => take(toMs(start), toMs(end)));
  const chips = createChips(take);
  const pulse = createPulse(model, (words) => {
    say(lost, words);
    lost.hidden = !words;
  });
  let armed = false;
  let holding = null;
  let ready = false;
  let sentTime = 0;

  const rangeAt = (step) => state.select((state.selected + step + state.ranges.length) % state.ranges.length);
  const acts = {
    toggle: playback.toggle,
    hold: () => {
      holding = { used: state.rate !== 0 };
      if (holding.used) playback.pause();
    },
    back: () => shuttle(-1),
    forward: () => shuttle(1),
    frameBack: () => playback.step(-1),
    frameOn: () => playback.step(1),
    secondBack: () => playback.skip(-1000),
    secondOn: () => playback.skip(1000),
    home: () => playback.seek(0),
    end: () => playback.seek(state.duration),
    markIn: () => state.markAt("in", state.time),
    markOut: () => state.markAt("out", state.time),
    goIn: () => playback.seek(state.in),
    goOut: () => playback.seek(state.out),
    selection: playback.playSelection,
    nudgeBack: () => timeline.nudge(-1000 / state.fps),
    nudgeOn: () => timeline.nudge(1000 / state.fps),
    nudgeSecondBack: () => timeline.nudge(-1000),
    nudgeSecondOn: () => timeline.nudge(1000),
    add: () => {
      state.add(state.time);
      announce(`${state.nameOf(state.selected)} added.`);
    },
    rangeBack: () => rangeAt(-1),
    rangeOn: () => rangeAt(1),
    who: (byHand = false) => state.duration && who.begin(byHand),
    undo: () => retrace(history.canBack, state.undo, "Undone.", "Nothing to undo."),
    redo: () => retrace(history.canOn, state.redo, "Done again.", "Nothing to redo."),
    loop: () => {
      state.loop = !state.loop;
      announce(state.loop ? "The selection repeats." : "The selection plays once.");
      draw();
    },
    zoom: timeline.view.toggle,
    zoomIn: () => timeline.view.zoom(0.5, state.time),
    zoomOut: () => timeline.view.zoom(2, state.time),
    mute: () => {
      if (reel.silent) announce(reel.silent);
      else stage.video.muted = !stage.video.muted;
      draw();
    },
    help: () => showHelp(help.hidden),
    leave: () => (help.hidden ? document.activeElement?.blur() : showHelp(false)),
  };
  /** J and L; with K held they are steps, and K was not meant to play. */
  function shuttle(way) {
    if (!holding) return playback.shuttle(way);
    holding.used = true;
    playback.step(way);
  }
  function take(start, end, box = null) {
    if (box) Object.assign(state.here, { box, boxAt: start });
    state.move(start, end);
    playback.seek(start);
  }
  function retrace(able, work, yes, no) {
    if (able) work();
    announce(able ? yes : no);
  }

  const title = h("span", { class: "sora-title" });
  const facts = h("span", { class: "sora-facts" });
  const lost = h("p", { class: "sora-lost", role: "status", hidden: true });
  const spoken = h("div", { class: "sora-unseen", role: "status" });
  const transport = createTransport(state, stage.video, acts);
  const fields = createFields(state, {
    seek: playback.seek,
    leave: toRoot,
    mark: (which) => state.markAt(which, state.time),
    unit: (unit) => {
      state.unit = unit;
      model.set("unit", unit);
      model.save_changes();
      draw();
    },
  });
  const ranges = createRangeList(state, { add: acts.add, select: state.select, leave: toRoot, remove: removeRange });
  const rule = h("p", { class: "sora-rule" });
  const help = createHelp(() => showHelp(false));
  const viewer = h("div", { class: "sora-viewer" }, stage.node, transport.node, help);
  const inspector = h("div", { class: "sora-inspector" }, fields.node, rule, remarks.node, ranges.node);
  const below = h("div", { class: "sora-below" }, timeline.node, chips.node);
  const root = h(
    "section",
    { class: "sora sora-picker", tabindex: 0, "aria-label": "Range picker" },
    h("header", { class: "sora-head" }, title, facts),
    lost,
    h("div", { class: "sora-desk" }, viewer, below, inspector),
    spoken,
  );

  function announce(words) {
    // The same words twice are read once; a space more makes them new.
    spoken.textContent = spoken.textContent === words ? `${words} ` : words;
  }
  function toRoot() {
    root.focus({ preventScroll: true });
  }
  function removeRange(place) {
    const name = state.nameOf(place);
    state.remove(place);
    toRoot();
    announce(`${name} removed.`);
  }
  function showHelp(open) {
    help.hidden = !open;
    (open ? help.querySelector("button") : root).focus({ preventScroll: true });
  }
  function drawTitle({ title: name, words }) {
    say(title, name);
    mark(title, "title", name);
    say(facts, words);
    fitWho();
  }
  function drawEmpty(none) {
    mark(root, "data-empty", none);
  }
  function drawLoaded(there) {
    mark(root, "data-loaded", there);
    takeFacts();
  }

  const timeNow = () => Math.round(state.time) / 1000;
  function setTime() {
    sentTime = timeNow();
    model.set("current_time", sentTime);
  }
  const sendTime = throttle(SEND_TIME_EVERY, () => {
    if (timeNow() === sentTime) return; // it went along with the range
    setTime();
    model.save_changes();
  });
  let timeDrawn = null;
  const paint = onFrame(() => {
    timeline.draw();
    fields.draw();
    ranges.draw();
    chips.draw(state);
    who.draw();
    transport.draw({ zoomed: timeline.view.zoomed, armed, silent: reel.silent, history });
    stage.setSpeed(state.rate);
  });
  function draw() {
    if (!ready) return;
    if (timeDrawn !== state.time) sendTime();
    timeDrawn = state.time;
    paint();
  }
  function drawFindings() {
    const findings = model.get("findings");
    mark(root, "data-level", state.duration || findings.length ? remarks.draw(findings, model.get("limits").passes) : null);
  }
  function takeFacts() {
    const limits = model.get("limits");
    const ms = (seconds) => (seconds === null || seconds === undefined ? null : toMs(seconds));
    state.limits = {
      min: ms(limits.min_seconds), max: ms(limits.max_seconds), warn: ms(limits.warn_above), advised: limits.advised?.map(toMs),
    };
    say(rule, limits.words ?? "");
    mark(rule, "data-unknown", limits.unknown);
    state.fps = model.get("fps") || FPS_UNKNOWN;
    state.unit = model.get("unit") ?? "clock";
    state.duration = toMs(model.get("duration") ?? 0) || toMs(stage.video.duration || 0);
    draw();
    drawFindings();
  }
  const takeTrack = () => timeline.setTrack(model.get("track") ?? {});
  const takeChips = () => {
    chips.set(model.get("suggestions") ?? []);
    draw();
  };
  /** What Python or a link sets is a wish; what came from here comes back as it was. */
  function takeTime() {
    const seconds = model.get("current_time") ?? 0;
    if (Math.abs(seconds - sentTime) >= 0.001) playback.seek(toMs((sentTime = seconds)));
  }
  /** Show the model's video: another one, or in a view that has just been made. */
  function begin(another) {
    state.begin(another);
    sentTime = model.get("current_time") ?? 0;
    reel.load();
    playback.seek(toMs(sentTime));
    timeDrawn = state.time;
    draw();
  }

  stage.video.addEventListener("loadedmetadata", () => {
    if (!model.get("duration") && Number.isFinite(stage.video.duration)) {
      model.send({ kind: "picker:duration", seconds: stage.video.duration });
    }
    fitWho();
    takeFacts();
  });
  stage.node.addEventListener("click", (event) => {
    if (event.target.closest("button") || !state.duration) return;
    toRoot();
    playback.toggle();
  });
  const fitWho = () => {
    const { videoWidth, videoHeight } = stage.video;
    who.fit(videoWidth ? videoWidth / videoHeight : reel.shape, stage.node.getBoundingClientRect());
  };
  const room = new ResizeObserver(fitWho);
  room.observe(stage.node);
  root.addEventListener("keydown", (event) => {
    const act = actOf(event);
    if (!act || !root.contains(event.target)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.repeat && !REPEATED.has(act)) return;
    acts[act]();
    pulse.ask();
  });
  root.addEventListener("keyup", (event) => {
    if (event.key.toLowerCase() !== "k" || !holding) return;
    if (!holding.used) playback.start();
    holding = null;
  });
  root.addEventListener("focusout", () => (holding = null));
  root.addEventListener("pointerup", () => pulse.ask());
  const hear = (message) => {
    if (message?.kind === "picker:reload") begin(true);
    else if (message?.kind === "picker:seek") playback.seek(toMs(message.seconds));
    else if (message?.kind === "picker:undo" && history.leads(root)) acts.undo();
    else if (message?.kind === "picker:redo" && history.leads(root)) acts.redo();
    else if (message?.kind === "picker:pause") playback.pause();
    else if (message?.kind === "picker:play") (message.selection ? playback.playSelection : playback.start)();
  };

  model.on("msg:custom", hear);
  const deaf = [
    listen(model, ["duration", "fps", "limits", "unit"], takeFacts),
    listen(model, ["findings"], drawFindings),
    listen(model, ["current_time"], takeTime),
    listen(model, ["track"], takeTrack),
    listen(model, ["suggestions"], takeChips),
  ];
  el.append(root);
  history.join(root);
  const freeFocus = holdFocus(root);
  takeFacts();
  ready = true;
  begin(false);
  drawFindings();
  takeTrack();
  takeChips();
  return () => {
    model.off("msg:custom", hear);
    deaf.forEach((stop) => stop());
    history.leave(root);
    freeFocus();
    sendTime.stop();
    paint.stop();
    room.disconnect();
    [state, reel, playback, timeline, remarks, pulse].forEach((part) => part.close());
    root.remove();
  };
}

/** What can be taken back is the model's, and not one view's. */
function pickerOf() {
  const history = createHistory();
  return { render: (context) => mountPicker({ ...context, history }) };
}

export default pickerOf;
