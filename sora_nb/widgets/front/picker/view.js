import { clamp } from "../shared/clock.js";

const FEWEST_FRAMES = 20;

/** Which stretch of the video the timeline shows, from `start` and of `length` ms. `changed()` after each move. */
export function createView(state, changed) {
  const shortest = () => Math.min(state.duration, (FEWEST_FRAMES * 1000) / state.fps);
  const view = {
    start: 0,
    length: 1,
    zoomed: false,
    /** Where a moment lies, in hundredths of the width. */
    share: (ms) => ((ms - view.start) / view.length) * 100,
    shows: (ms) => view.share(ms) >= -0.01 && view.share(ms) <= 100.01,
    show(start, length) {
      view.length = clamp(length, shortest(), state.duration) || 1;
      view.start = clamp(start, 0, Math.max(0, state.duration - view.length));
      view.zoomed = view.length < state.duration - 1;
      changed();
    },
    fit: () => view.show(0, state.duration),
    zoom: (factor, about) => view.show(about - (about - view.start) * factor, view.length * factor),
    pan: (ms) => view.show(view.start + ms, view.length),
    /** Close around the selection, or the whole again. */
    toggle() {
      const room = Math.max((state.out - state.in) * 0.75, 500);
      if (view.zoomed) view.fit();
      else view.show(state.in - room, state.out - state.in + 2 * room);
    },
    /** Turn the page when the playhead has left it. */
    follow(ms) {
      if (!view.zoomed) Object.assign(view, { start: 0, length: state.duration || 1 });
      else if (!view.shows(ms)) view.start = clamp(ms - view.length * 0.1, 0, state.duration - view.length);
    },
  };
  return view;
}
