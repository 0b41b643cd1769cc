import { clamp } from "../shared/clock.js";

const FPS_GUESS = 30;
const JUMP = 0.25;
const PULL = 4;
const MOST_PULL = 0.4;

/**
 * Several videos on one clock. Each is `{ video, fps, offset }`; the clock stands at `time` seconds where a video
 * stands at `time + offset`. It waits while one of them is not ready.
 *
 * A video that is a frame or more away is played a little faster or slower until it is there, and set where it is
 * further away: setting stops it for a moment, which would put it out of step again. `changed()` is called to draw.
 */
export function createTogether(changed) {
  let members = [];
  let ticking = null;
  let before = 0;
  const state = { time: 0, rate: 1, loop: false, going: false };

  const length = ({ video }) => (Number.isFinite(video.duration) ? video.duration : 0);
  const frameOf = ({ fps }) => 1 / (fps || FPS_GUESS);
  const frame = () => (members.length ? Math.min(...members.map(frameOf)) : 1 / FPS_GUESS);
  const end = () => Math.max(0, ...members.map((member) => length(member) - member.offset));
  const last = () => Math.max(0, end() - frame());
  const inside = (member) => {
    const at = state.time + member.offset;
    return at >= 0 && at < length(member) - frameOf(member) / 2;
  };

  function put(member) {
    const { video } = member;
    if (!video.getAttribute("src") || !length(member)) return;
    // A hair into the frame, since a rounded time can fall just before it.
    const hair = Math.min(0.002, frameOf(member) / 4);
    member.wanted = clamp(state.time + member.offset, 0, Math.max(0, length(member) - frameOf(member))) + hair;
    if (!video.seeking) serve(member);
  }
  function serve(member) {
    if (member.wanted === null) return;
    if (Math.abs(member.video.currentTime - member.wanted) > 0.0005) member.video.currentTime = member.wanted;
    member.wanted = null;
  }
  function seek(seconds) {
    state.time = clamp(seconds, 0, last());
    members.forEach(put);
    changed();
  }
  function halt() {
    state.going = false;
    cancelAnimationFrame(ticking);
    ticking = null;
    members.forEach(({ video }) => video.pause());
    seek(Math.round(state.time / frame()) * frame());
  }
  function run() {
    if (!members.length) return;
    if (state.time >= last() - frame() / 2) seek(0);
    state.going = true;
    before = performance.now();
    ticking ??= requestAnimationFrame(tick);
    changed();
  }

  function tick(now) {
    ticking = null;
    if (!state.going) return;
    const waiting = members.some((member) => inside(member) && (member.video.seeking || member.video.readyState < 3));
    // A page in the background gets no ticks, and the videos went on.
    const passed = Math.min(0.1, Math.max(0, now - before) / 1000);
    before = now;
    if (!waiting) {
      state.time += passed * state.rate;
      keepTogether();
    }
    for (const member of members) {
      const runs = !waiting && inside(member);
      if (runs && member.video.paused) start(member);
      else if (!runs && !member.video.paused) member.video.pause();
    }
    if (state.time >= end() - frame() / 2) {
      if (!state.loop) {
        state.time = last();
        return halt();
      }
      seek(0);
    }
    ticking = requestAnimationFrame(tick);
    changed();
  }
  function start(member) {
    member.video.playbackRate = state.rate;
    member.video.play().catch(() => {});
  }
  function keepTogether() {
    const running = members.filter((member) => inside(member) && !member.video.paused && !member.video.seeking);
    if (!running.length) return;
    const ahead = (member) => member.video.currentTime - state.time - member.offset;
    const middle = running.map(ahead).sort((a, b) => a - b)[running.length >> 1];
    // They all begin a moment after they are asked to: then the clock is early, and not every one of them late.
    state.time += Math.abs(middle) > JUMP ? middle : middle / 10;
    for (const member of running) {
      const off = ahead(member);
      if (Math.abs(off) > JUMP) put(member);
      else if (Math.abs(off) > frameOf(member) * 0.75) {
        member.pulled = true;
        member.video.playbackRate = state.rate * (1 - clamp(off * PULL, -MOST_PULL, MOST_PULL));
      } else if (member.pulled && Math.abs(off) < frameOf(member) / 4) {
        member.pulled = false;
        member.video.playbackRate = state.rate;
      }
    }
  }

  return {
    state,
    end,
    seek,
    halt,
    /** From now on these are played; the others stand. */
    take(next) {
      const going = state.going;
      halt();
      members = next;
      members.forEach((member) => (member.wanted = null));
      seek(Math.min(state.time, last() || state.time));
      if (going) run();
    },
    /** A video of them has something to show, or has come where it was sent. */
    arrived(member) {
      if (member.wanted !== null) serve(member);
      else if (!state.going) put(member);
    },
    toggle: () => (state.going ? halt() : run()),
    step(frames) {
      state.going = false;
      state.time = (Math.round(state.time / frame()) + frames) * frame();
      halt();
    },
    skip: (seconds) => seek(state.time + seconds),
    toEnd: () => seek(end()),
    setRate(rate) {
      state.rate = rate;
      members.forEach((member) => {
        member.pulled = false;
        member.video.playbackRate = rate;
      });
      changed();
    },
    setOffset(member, seconds) {
      member.offset = seconds;
      if (!state.going) seek(state.time);
    },
    close() {
      state.going = false;
      cancelAnimationFrame(ticking);
      members = [];
    },
  };
}
