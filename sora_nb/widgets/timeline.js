import { h, mark, say } from "./dom.js";
import { clamp, nearestFrame, secondsText, tickText } from "./clock.js";

const STEPS = [100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 18e5, 36e5];
const TICK_ROOM = 68;
const STILL = 3;

/**
 * The ruler, the filmstrip, the selection with its two handles, and the playhead.
 *
 * Draws `state`; asks through `on.seek(ms)`, `on.select(start, end, dragging)`.
 * `state.limits` is only drawn here, and holds a handle while it is dragged; Python judges.
 */
export function createTimeline(state, on) {
  const ruler = h("div", { class: "sora-ruler", "aria-hidden": "true" });
  const film = h("canvas", { class: "sora-film", "aria-hidden": "true" });
  const before = h("div", { class: "sora-shade" });
  const after = h("div", { class: "sora-shade" });
  const length = h("span", { class: "sora-band-length", "aria-hidden": "true" });
  const band = h("div", { class: "sora-band", title: "Drag to move the selection" }, length);
  const thumbs = { in: thumb("in", "In"), out: thumb("out", "Out") };
  const playhead = h("div", { class: "sora-playhead", "aria-hidden": "true" });
  const rail = h("div", { class: "sora-rail", "aria-hidden": "true" });
  const advised = h("div", { class: "sora-rail sora-rail-advised", "aria-hidden": "true" });
  const lane = h("div", { class: "sora-lane" }, ruler, film, before, after, band, thumbs.in, thumbs.out, playhead, rail, advised);
  const node = h("div", { class: "sora-timeline" }, lane);
  const view = { start: 0, length: 1, zoomed: false };
  let strip = null;
  let drag = null;
  let drawn = "";

  const share = (ms) => ((ms - view.start) / view.length) * 100;
  const timeAt = (x) => {
    const box = lane.getBoundingClientRect();
    return view.start + ((x - box.left) / box.width) * view.length;
  };
  const snap = (ms) => clamp(nearestFrame(ms, state.fps), 0, state.duration);
  const shortest = () => Math.max(1, Math.round(1000 / state.fps));

  /** The handle's new place: on a frame, inside the video, and no further than the service allows. */
  function held(which, ms, free) {
    const { min = null, max = null } = free ? {} : state.limits;
    const least = Math.max(min ?? 0, shortest());
    if (which === "in") {
      return clamp(snap(ms), Math.max(0, max === null ? 0 : state.out - max), Math.max(0, state.out - least));
    }
    const most = max === null ? state.duration : Math.min(state.duration, state.in + max);
    return clamp(snap(ms), Math.min(state.in + least, most), most);
  }
  function moveThumb(which, ms, { free = false, dragging = false } = {}) {
    const to = held(which, ms, free);
    on.select(which === "in" ? to : state.in, which === "out" ? to : state.out, dragging);
    on.seek(to);
  }
  function moveBand(start, dragging) {
    const span = state.out - state.in;
    const to = clamp(snap(start), 0, Math.max(0, state.duration - span));
    on.select(to, to + span, dragging);
    on.seek(to);
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
      moveThumb(which, clamp(state[which] + by, 0, state.duration), { free: event.altKey });
    });
    return node;
  }

  lane.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !state.duration) return;
    const which = Object.keys(thumbs).find((name) => thumbs[name].contains(event.target));
    const kind = which ?? (band.contains(event.target) ? "band" : "scrub");
    drag = { kind, x: event.clientX, grip: timeAt(event.clientX) - (which ? state[which] : state.in), moved: false };
    lane.setPointerCapture(event.pointerId);
    lane.dataset.drag = kind;
    if (which) thumbs[which].focus({ preventScroll: true });
    if (kind === "scrub") on.seek(timeAt(event.clientX));
  });
  lane.addEventListener("pointermove", (event) => {
    if (!drag || (!drag.moved && Math.abs(event.clientX - drag.x) < STILL)) return;
    drag.moved = true;
    const ms = timeAt(event.clientX);
    if (drag.kind === "scrub") on.seek(ms);
    else if (drag.kind === "band") moveBand(ms - drag.grip, true);
    else moveThumb(drag.kind, ms - drag.grip, { free: event.altKey, dragging: true });
  });
  const drop = (event) => {
    if (!drag) return;
    const { kind, moved } = drag;
    drag = null;
    delete lane.dataset.drag;
    if (kind === "band" && !moved && event.type === "pointerup") on.seek(timeAt(event.clientX));
    else if (kind !== "scrub" && moved) on.select(state.in, state.out, false);
  };
  lane.addEventListener("pointerup", drop);
  lane.addEventListener("pointercancel", drop);
  lane.addEventListener("wheel", (event) => {
    if (!state.duration || !(event.ctrlKey || event.metaKey || (event.shiftKey && view.zoomed))) return;
    event.preventDefault();
    const about = timeAt(event.clientX);
    if (event.shiftKey) show(view.start + ((event.deltaY || event.deltaX) / 500) * view.length, view.length);
    else {
      const factor = Math.exp(event.deltaY / 300);
      show(about - (about - view.start) * factor, view.length * factor);
    }
  }, { passive: false });

  function show(start, length) {
    view.length = clamp(length, Math.min(state.duration, 20 * shortest()), state.duration);
    view.start = clamp(start, 0, state.duration - view.length);
    view.zoomed = view.length < state.duration - 1;
    draw();
    on.zoom?.(view.zoomed);
  }

  function drawRuler(width) {
    const step = STEPS.find((ms) => (ms / view.length) * width >= TICK_ROOM) ?? STEPS.at(-1);
    const ticks = [];
    for (let ms = Math.ceil(view.start / step) * step; ms <= view.start + view.length; ms += step) {
      if (share(ms) > 98) break;
      ticks.push(h("span", { class: "sora-tick", style: `left:${share(ms)}%` }, tickText(ms)));
    }
    ruler.replaceChildren(...ticks);
    ruler.style.setProperty("--sora-minor-start", `${(-(view.start % (step / 5)) / view.length) * width}px`);
    ruler.style.setProperty("--sora-minor-px", `${(step / 5 / view.length) * width}px`);
  }
  function drawFilm(width) {
    const height = film.clientHeight;
    const dense = window.devicePixelRatio || 1;
    film.width = Math.round(width * dense);
    film.height = Math.round(height * dense);
    if (!strip) return;
    const brush = film.getContext("2d");
    const cell = strip.image.naturalWidth / strip.count;
    const slots = Math.max(1, Math.round(width / (height * (cell / strip.image.naturalHeight))));
    for (let slot = 0; slot < slots; slot += 1) {
      const ms = view.start + ((slot + 0.5) / slots) * view.length;
      const picked = clamp(Math.floor((ms / state.duration) * strip.count), 0, strip.count - 1);
      const left = Math.round((slot / slots) * film.width);
      const right = Math.round(((slot + 1) / slots) * film.width);
      brush.drawImage(strip.image, picked * cell, 0, cell, strip.image.naturalHeight, left, 0, right - left, film.height);
    }
  }

  const place = (node, from, to) => {
    const [left, right] = [clamp(share(from), 0, 100), clamp(share(to), 0, 100)];
    node.style.left = `${left}%`;
    node.style.width = `${Math.max(0, right - left)}%`;
  };
  const inView = (ms) => share(ms) >= -0.01 && share(ms) <= 100.01;

  function draw() {
    if (!view.zoomed) Object.assign(view, { start: 0, length: state.duration || 1 });
    else if (state.rate !== 0 && !inView(state.time)) view.start = clamp(state.time, 0, state.duration - view.length);
    const width = lane.clientWidth;
    const key = [view.start, view.length, width, strip?.image.src].join();
    if (key !== drawn && width > 0) {
      drawn = key;
      drawRuler(width);
      drawFilm(width);
    }
    mark(node, "data-empty", !state.duration);
    place(before, view.start, state.in);
    place(after, state.out, view.start + view.length);
    place(band, state.in, state.out);
    for (const [which, words] of [["in", "In"], ["out", "Out"]]) {
      const one = thumbs[which];
      const shown = clamp(state[which], 0, state.duration);
      one.style.left = `${share(shown)}%`;
      one.hidden = !inView(shown);
      mark(one, "aria-valuemin", (which === "in" ? 0 : state.in) / 1000);
      mark(one, "aria-valuemax", (which === "in" ? state.out : state.duration) / 1000);
      mark(one, "aria-valuenow", state[which] / 1000);
      const number = Math.round((state[which] * state.fps) / 1000);
      mark(one, "aria-valuetext", `${words} ${(state[which] / 1000).toFixed(2)} seconds, frame ${number}`);
    }
    say(length, `${secondsText(state.out - state.in)} s`);
    length.hidden = (band.clientWidth || 0) < 64;
    playhead.style.left = `${share(state.time)}%`;
    playhead.hidden = !inView(state.time);
    const { min, max, advised: best } = state.limits;
    drawWindow(rail, min ?? 0, max ?? state.limits.warn ?? null);
    drawWindow(advised, best?.[0] ?? null, best?.[1] ?? null);
  }
  /** Where the loose end may lie, seen from the other one. */
  function drawWindow(node, least, most) {
    node.hidden = least === null || most === null || !state.duration;
    if (node.hidden) return;
    if (drag?.kind === "in") place(node, state.out - most, state.out - least);
    else place(node, state.in + least, state.in + most);
  }

  const watch = new ResizeObserver(draw);
  watch.observe(lane);
  return {
    node,
    draw,
    get dragging() {
      return drag !== null && drag.moved;
    },
    setStrip(address, count) {
      const image = new Image();
      image.onload = () => {
        strip = { image, count };
        mark(node, "data-film", true);
        draw();
      };
      image.src = address;
    },
    clearStrip() {
      strip = null;
      drawn = "";
      mark(node, "data-film", null);
      show(0, state.duration || 1);
    },
    toggleZoom() {
      const room = Math.max((state.out - state.in) * 0.75, 500);
      if (view.zoomed) show(0, state.duration);
      else show(state.in - room, state.out - state.in + 2 * room);
    },
    close: () => watch.disconnect(),
  };
}
