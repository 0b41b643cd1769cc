import { clamp, frameStart } from "../shared/clock.js";

const FASTEST = 4;
// Where no graphics card decodes, a seek holds the page up for as long as Python takes to judge the new range.
const AFTER_THE_VERDICT = 50;

/**
 * Playing, shuttling, stepping and looping over one `<video>`.
 *
 * Reads `state.duration`, `state.fps`, `state.in` and `state.out`; owns `state.time` (ms),
 * `state.rate` (0 stands, negative runs backwards) and `state.within` (keeps to the selection).
 * `still(ms)` shows one frame where there is no video to seek in.
 */
export function createPlayback(video, state, changed, still = () => {}) {
  let wanted = null;
  let ticking = null;
  let before = 0;
  let patient = null;
  Object.assign(state, { time: 0, rate: 0, within: false, loop: false });

  const frame = () => 1000 / state.fps;
  const last = () => Math.max(0, state.duration - frame());

  /**
   * Show the frame at *ms*. Asked for faster than the browser can, only the newest wish is kept. *later*: the place is
   * told at once and the picture follows, also while a key is held.
   */
  const seek = (ms, { later = false } = {}) => {
    state.time = clamp(ms, 0, state.duration || 0);
    wanted = Math.min(state.time, last());
    if (later) patient ??= setTimeout(serveLater, AFTER_THE_VERDICT);
    else if (!video.seeking) serve();
    changed();
  };
  const serveLater = () => {
    patient = null;
    if (!video.seeking) serve();
  };
  const serve = () => {
    if (wanted === null) return;
    if (!video.getAttribute("src")) return still(wanted);
    // A hair into the frame, since a rounded time can fall just before it.
    video.currentTime = (wanted + Math.min(2, frame() / 4)) / 1000;
    wanted = null;
  };

  const run = (rate) => {
    state.rate = rate;
    if (rate > 0) {
      if (wanted !== null) serve();
      video.playbackRate = rate;
      video.play().catch(() => halt());
    } else video.pause();
    before = performance.now();
    if (rate !== 0) ticking ??= requestAnimationFrame(tick);
    changed();
  };
  const halt = () => {
    const moved = state.rate > 0;
    state.rate = 0;
    state.within = false;
    video.pause();
    if (moved && wanted === null) state.time = frameStart(Math.min(video.currentTime * 1000, last()), state.fps);
    changed();
  };

  const tick = (now) => {
    ticking = null;
    if (state.rate === 0) return;
    if (state.rate < 0) {
      seek(Math.max(0, state.time + state.rate * (now - before)));
      if (state.time === 0) return halt();
    } else if (!video.seeking) state.time = video.currentTime * 1000;
    before = now;
    if (state.within && state.rate > 0 && state.time >= state.out - frame() / 2) {
      if (state.loop) seek(state.in);
      else {
        halt();
        seek(state.out);
        return;
      }
    }
    ticking = requestAnimationFrame(tick);
    changed();
  };

  video.addEventListener("seeked", serve);
  video.addEventListener("ended", () => (state.within && state.loop ? (seek(state.in), run(1)) : halt()));
  video.addEventListener("loadedmetadata", () => seek(state.time));

  const start = () => {
    if (state.time >= last() - 1) seek(0);
    run(1);
  };

  return {
    seek,
    start,
    pause: halt,
    toggle: () => (state.rate !== 0 ? halt() : start()),
    /** J and L: each press the same way doubles the speed, the other way turns round. */
    shuttle(way) {
      state.within = false;
      const same = Math.sign(state.rate) === way;
      run(same ? clamp(state.rate * 2, -FASTEST, FASTEST) : way);
    },
    step(frames) {
      halt();
      seek(Math.round(((Math.round((state.time * state.fps) / 1000) + frames) * 1000) / state.fps));
    },
    skip(ms) {
      if (state.rate < 0) halt();
      seek(state.time + ms);
    },
    playSelection() {
      if (state.within) return halt();
      seek(state.in);
      state.within = true;
      run(1);
    },
    /** Forget the video: another one comes. */
    reset() {
      halt();
      wanted = 0;
      state.time = 0;
      video.removeAttribute("src");
      video.removeAttribute("poster");
      video.load();
    },
    close() {
      state.rate = 0;
      clearTimeout(patient);
      cancelAnimationFrame(ticking);
      video.pause();
      video.removeAttribute("src");
      video.load();
    },
  };
}
