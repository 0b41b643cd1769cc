import { clamp, frameStart, nearestFrame, toMs } from "../shared/clock.js";
import { listen, throttle } from "../shared/dom.js";

export const FPS_UNKNOWN = 30;
const SEND_EVERY = 33;
const CHOSEN_TRAITS = ["ranges", "selected", "value", "box", "box_at"];

const blankRange = (start = 0, end = 0, name = "") => ({ name, in: start, out: end, box: null, boxAt: null });

/**
 * What is chosen: the ranges, which of them is selected, and its box. Times in ms.
 *
 * Owns the page's side of the traits `ranges selected value box box_at`, and reads `duration fps limits`. All of them
 * are written at once, since one of them without the others would mean something else. `changed()` is called to draw,
 * `along()` before a message goes, for what can travel with it.
 */
export function createChoice(model, history, changed, along = () => {}) {
  let writing = false;
  let news = null;
  let held = false;

  const state = {
    ranges: [blankRange()],
    selected: 0,
    duration: 0,
    fps: FPS_UNKNOWN,
    limits: {},
    unit: "clock",
    get here() {
      return state.ranges[state.selected];
    },
    get in() {
      return state.here.in;
    },
    get out() {
      return state.here.out;
    },
  };

  const snapshot = () => JSON.stringify([state.ranges, state.selected]);
  const write = throttle(SEND_EVERY, () => {
    const { box, boxAt } = state.here;
    const rows = state.ranges.map((one) => ({
      name: one.name, start: one.in / 1000, end: one.out / 1000, box: one.box, box_at: one.boxAt === null ? null : one.boxAt / 1000,
    }));
    writing = true;
    model.set("ranges", rows);
    model.set("selected", state.selected);
    model.set("value", [state.in / 1000, state.out / 1000]);
    model.set("box", box);
    model.set("box_at", boxAt === null ? null : boxAt / 1000);
    along();
    writing = false;
    model.save_changes();
  });
  /** The end of a gesture, or its middle: then Python hears of it now and then, and undo does not. */
  function done({ dragging = false, tag = null, amend = false } = {}) {
    held = dragging;
    write();
    if (dragging) return changed();
    write.flush();
    if (amend) history.amend(snapshot());
    else history.settle(snapshot(), tag);
    changed();
  }

  function read(names) {
    const row = ({ name, start, end, box, box_at: at }) => ({
      name, in: toMs(start), out: toMs(end), box: box ?? null, boxAt: at === null || at === undefined ? null : toMs(at),
    });
    const rows = model.get("ranges") ?? [];
    const [start, end] = model.get("value").map(toMs);
    if (!names || names.has("ranges") || names.has("selected")) {
      state.ranges = rows.length ? rows.map(row) : [blankRange(start, end)];
      state.selected = clamp(model.get("selected") ?? 0, 0, state.ranges.length - 1);
    } else {
      const at = model.get("box_at");
      Object.assign(state.here, { in: start, out: end, box: model.get("box") ?? null, boxAt: at === null || at === undefined ? null : toMs(at) });
    }
    if (names) history.settle(snapshot(), "python");
  }
  /** Several traits that change together are one piece of news. */
  const hear = (name) => () => {
    if (writing) return;
    if (!news) queueMicrotask(() => {
      const names = news;
      news = null;
      if (!held) read(names);
      changed();
    });
    news = (news ?? new Set()).add(name);
  };
  const deaf = CHOSEN_TRAITS.map((name) => listen(model, [name], hear(name)));
  function restore(text) {
    if (text === null) return;
    [state.ranges, state.selected] = JSON.parse(text);
    changed();
    write();
    write.flush();
  }

  return Object.assign(state, {
    /** Take what the model says; of *another* video nothing that was done before can be taken back. */
    begin(another) {
      read(null);
      if (another) history.reset(snapshot());
      else history.settle(snapshot(), "python");
    },
    move(start, end, how) {
      Object.assign(state.here, { in: start, out: end });
      done(how);
    },
    /** Mark at *ms*; a mark set beyond the other one takes it along. */
    markAt(which, ms) {
      const here = ms >= state.duration ? state.duration : nearestFrame(frameStart(ms, state.fps), state.fps);
      const span = state.out - state.in;
      if (which === "in") state.move(here, here < state.out ? state.out : Math.min(state.duration, here + span));
      else state.move(here > state.in ? state.in : Math.max(0, here - span), here);
    },
    /** A new range from *ms* on, as long as the selected one. */
    add(ms) {
      const span = state.out - state.in;
      const start = clamp(nearestFrame(ms, state.fps), 0, Math.max(0, state.duration - span));
      state.ranges = [...state.ranges, blankRange(start, start + span)];
      state.selected = state.ranges.length - 1;
      done();
    },
    select(place) {
      if (place === state.selected || !state.ranges[place]) return;
      state.selected = place;
      done({ amend: true });
    },
    rename(place, name) {
      if (state.ranges[place].name === name) return;
      state.ranges[place].name = name;
      done();
    },
    remove(place) {
      if (state.ranges.length === 1) return;
      state.ranges = state.ranges.filter((_one, other) => other !== place);
      state.selected = clamp(state.selected - (place < state.selected), 0, state.ranges.length - 1);
      done();
    },
    setBox(box, at, how) {
      Object.assign(state.here, { box, boxAt: box === null ? null : at });
      done(how);
    },
    undo: () => restore(history.back()),
    redo: () => restore(history.on()),
    nameOf: (place) => state.ranges[place].name || `Range ${place + 1}`,
    close() {
      write.stop();
      deaf.forEach((stop) => stop());
    },
  });
}
