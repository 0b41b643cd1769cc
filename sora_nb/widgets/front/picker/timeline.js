import { h, mark, say } from "../shared/dom.js";
import { clamp, frameNumber, nearestFrame, secondsText, tickText } from "../shared/clock.js";
import { createFilm } from "./film.js";
import { createHands } from "./hands.js";
import { createOverview } from "./overview.js";
import { createQuality } from "./quality.js";
import { createView } from "./view.js";

const STEPS = [100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 18e5, 36e5];
const TICK_ROOM = 68;
const LOOK_CLOSER = 400;

/**
 * The ruler, the filmstrip, what a scan saw, the ranges with the handles of the selected one, and the playhead.
 *
 * Draws `state`, and moves it through its `move` and `select`; asks `on.seek(ms, how)`, `on.zoom(zoomed)`,
 * `on.closer(from, to)` for a finer strip. `state.limits` is only drawn here, and holds a handle while it is dragged.
 */
export function createTimeline(state, on) {
  const view = createView(state, viewed);
  const film = createFilm(state, view, () => draw());
  const quality = createQuality(view);
  const overview = createOverview(state, view);
  const ruler = h("div", { class: "sora-ruler", "aria-hidden": "true" });
  const others = h("div", { class: "sora-others", "aria-hidden": "true" });
  const before = h("div", { class: "sora-shade" });
  const after = h("div", { class: "sora-shade" });
  const length = h("span", { class: "sora-band-length", "aria-hidden": "true" });
  const band = h("div", { class: "sora-band", title: "Drag to move the selection" }, length);
  const thumbs = { in: thumb("in", "In"), out: thumb("out", "Out") };
  const note = h("p", { class: "sora-film-note", role: "status", hidden: true });
  const playhead = h("div", { class: "sora-playhead", "aria-hidden": "true" });
  const rail = h("div", { class: "sora-rail", "aria-hidden": "true" });
  const advised = h("div", { class: "sora-rail sora-rail-advised", "aria-hidden": "true" });
  const lane = h(
    "div",
    { class: "sora-lane" },
    ruler, others, film.node, note, quality.node, quality.cuts, before, after, rail, advised, band, thumbs.in, thumbs.out, playhead,
  );
  const node = h("div", { class: "sora-timeline" }, lane, overview.node, quality.legend);
  let ruled = "";
  let looking = null;
  let followed = 0;

  const hands = createHands(lane, view, state, {
    grab(target) {
      const which = Object.keys(thumbs).find((name) => thumbs[name].contains(target));
      if (which) {
        thumbs[which].focus({ preventScroll: true });
        return { kind: which, at: state[which] };
      }
      if (band.contains(target)) return { kind: "band", at: state.in };
      const other = target.closest?.("[data-range]");
      if (other) {
        state.select(Number(other.dataset.range));
        return { kind: "band", at: state.in };
      }
      return { kind: "scrub" };
    },
    drag(kind, ms, free) {
      if (kind === "scrub") on.seek(clamp(ms, 0, state.duration));
      else if (kind === "band") moveBand(ms, true);
      else moveThumb(kind, ms, { free, dragging: true });
    },
    drop(kind, moved, ms) {
      if (kind === "band" && !moved) on.seek(ms);
      else if (kind !== "scrub" && moved) state.move(state.in, state.out);
      draw();
    },
    focused: () => node.closest(".sora-picker")?.contains(document.activeElement) ?? false,
  });

  const snap = (ms) => clamp(nearestFrame(ms, state.fps), 0, state.duration);
  const shortest = () => Math.max(1, Math.round(1000 / state.fps));

  /** The handle's new place: on a frame, inside the video, and no further than the service allows. */
  function heldAt(which, ms, free) {
    const { min = null, max = null } = free ? {} : state.limits;
    const least = Math.max(min ?? 0, shortest());
    if (which === "in") {
      return clamp(snap(ms), Math.max(0, max === null ? 0 : state.out - max), Math.max(0, state.out - least));
    }
    const most = max === null ? state.duration : Math.min(state.duration, state.in + max);
    return clamp(snap(ms), Math.min(state.in + least, most), most);
  }
  function moveThumb(which, ms, { free = false, dragging = false, tag = null } = {}) {
    const to = heldAt(which, ms, free);
    on.seek(to, { later: !dragging });
    state.move(which === "in" ? to : state.in, which === "out" ? to : state.out, { dragging, tag });
  }
  function moveBand(start, dragging, tag = null) {
    const span = state.out - state.in;
    const to = clamp(snap(start), 0, Math.max(0, state.duration - span));
    on.seek(to, { later: !dragging });
    state.move(to, to + span, { dragging, tag });
  }

  function thumb(which, words) {
    const node = h("div", { class: `sora-thumb sora-thumb-${which}`, role: "slider", tabindex: 0, "aria-label": words });
    node.addEventListener("keydown", (event) => {
      const fine = Math.round(1000 / state.fps);
      const by = {
        ArrowRight: event.shiftKey ? 1000 : fine, ArrowUp: event.shiftKey ? 1000 : fine, PageUp: 1000,
        ArrowLeft: event.shiftKey ? -1000 : -fine, ArrowDown: event.shiftKey ? -1000 : -fine, PageDown: -1000,
        Home: -Infinity, End: Infinity,
      }[event.key];
      if (by === undefined || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      moveThumb(which, clamp(state[which] + by, 0, state.duration), { free: event.altKey, tag: `key ${which}` });
    });
    return node;
  }

  function drawRuler(width) {
    const key = [view.start, view.length, width, state.unit, state.fps].join();
    if (key === ruled || width === 0) return;
    ruled = key;
    const step = STEPS.find((ms) => (ms / view.length) * width >= TICK_ROOM) ?? STEPS.at(-1);
    const ticks = [];
    for (let ms = Math.ceil(view.start / step) * step; ms <= view.start + view.length; ms += step) {
      if (view.share(ms) > 98) break;
      ticks.push(h("span", { class: "sora-tick", style: `left:${view.share(ms)}%` }, tickText(ms, state)));
    }
    ruler.replaceChildren(...ticks);
    ruler.style.setProperty("--sora-minor-start", `${(-(view.start % (step / 5)) / view.length) * width}px`);
    ruler.style.setProperty("--sora-minor-px", `${(step / 5 / view.length) * width}px`);
  }

  const place = (node, from, to) => {
    const [left, right] = [clamp(view.share(from), 0, 100), clamp(view.share(to), 0, 100)];
    node.style.left = `${left}%`;
    node.style.width = `${Math.max(0, right - left)}%`;
  };

  function drawThumb(which, words) {
    const one = thumbs[which];
    const shown = clamp(state[which], 0, state.duration);
    one.style.left = `${view.share(shown)}%`;
    one.hidden = !view.shows(shown);
    mark(one, "aria-label", state.ranges.length > 1 ? `${words} of ${state.nameOf(state.selected)}` : words);
    mark(one, "aria-valuemin", (which === "in" ? 0 : state.in) / 1000);
    mark(one, "aria-valuemax", (which === "in" ? state.out : state.duration) / 1000);
    mark(one, "aria-valuenow", state[which] / 1000);
    const number = frameNumber(state[which], state.fps);
    mark(one, "aria-valuetext", `${words} ${(state[which] / 1000).toFixed(2)} seconds, frame ${number}`);
  }
  /** Each range as a bar with its name, where there are several or one has a name. */
  function drawOthers() {
    const named = state.ranges.length > 1 || state.ranges[0].name;
    mark(lane, "data-several", Boolean(named));
    const count = named ? state.ranges.length : 0;
    while (others.children.length < count) others.append(h("span", { class: "sora-other", "data-range": others.children.length }));
    while (others.children.length > count) others.lastChild.remove();
    for (let number = 0; number < count; number += 1) {
      const one = others.children[number];
      const { in: start, out: end } = state.ranges[number];
      place(one, start, end);
      one.hidden = end < view.start || start > view.start + view.length;
      mark(one, "data-here", number === state.selected);
      mark(one, "title", state.nameOf(number));
      say(one, state.nameOf(number));
    }
  }
  /** Where the loose end may lie, seen from the other one. */
  function drawWindow(node, least, most) {
    node.hidden = least === null || most === null || !state.duration;
    if (node.hidden) return;
    if (hands.kind === "in") place(node, state.out - most, state.out - least);
    else place(node, state.in + least, state.in + most);
  }

  function draw() {
    // Read before anything is written, or the page would have to be laid out twice.
    const wide = lane.clientWidth;
    if (!view.zoomed || (state.time !== followed && !hands.dragging)) view.follow(state.time);
    followed = state.time;
    drawRuler(wide);
    film.draw();
    quality.draw();
    overview.draw();
    mark(node, "data-empty", !state.duration);
    mark(node, "data-film", film.filled);
    mark(node, "data-zoomed", view.zoomed);
    place(before, view.start, state.in);
    place(after, state.out, view.start + view.length);
    place(band, state.in, state.out);
    drawThumb("in", "In");
    drawThumb("out", "Out");
    drawOthers();
    say(length, `${secondsText(state.out - state.in)} s`);
    length.hidden = (Math.min(state.out - state.in, view.length) / view.length) * wide < 64;
    playhead.style.left = `${view.share(state.time)}%`;
    playhead.hidden = !view.shows(state.time);
    const { min, max, advised: best } = state.limits;
    drawWindow(rail, min ?? 0, max ?? state.limits.warn ?? null);
    drawWindow(advised, best?.[0] ?? null, best?.[1] ?? null);
  }
  function viewed() {
    on.zoom(view.zoomed);
    draw();
    clearTimeout(looking);
    if (view.zoomed) looking = setTimeout(() => on.closer(Math.round(view.start), Math.round(view.start + view.length)), LOOK_CLOSER);
  }

  const watch = new ResizeObserver(() => draw());
  watch.observe(lane);
  return {
    node,
    draw,
    view,
    get dragging() {
      return hands.dragging;
    },
    /** Words in the filmstrip's place: why there is none. */
    setNote(words) {
      say(note, words);
      note.hidden = !words;
    },
    nudge: (ms) => moveBand(state.in + ms, false, "nudge"),
    setTrack(track) {
      quality.set(track);
      mark(lane, "data-seen", Boolean(track?.sharpness));
      draw();
    },
    setStrip: film.set,
    clearStrip() {
      clearTimeout(looking);
      note.hidden = true;
      film.clear();
      view.fit();
    },
    close() {
      clearTimeout(looking);
      hands.close();
      watch.disconnect();
    },
  };
}
