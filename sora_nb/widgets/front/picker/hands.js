const STILL = 3;
const EDGE = 12;
const EDGE_SPEED = 0.012;

/**
 * Pointers over the timeline: one drags what it took hold of, two pinch, and the wheel zooms.
 *
 * `on.grab(target)` names what is under the hand, with where it holds it: `{ kind, at }`. Then `on.drag(kind, ms, free)`
 * while it moves, `on.drop(kind, moved, ms)` at its end. `on.focused()` tells whether a bare wheel is meant for us.
 */
export function createHands(lane, view, state, on) {
  const down = new Map();
  let drag = null;
  let pinch = null;
  let gliding = null;

  const timeAt = (x) => {
    const box = lane.getBoundingClientRect();
    return view.start + ((x - box.left) / box.width) * view.length;
  };
  const move = () => on.drag(drag.kind, timeAt(drag.x) - drag.grip, drag.free);

  /** A hand held at the edge turns the page under it. */
  function glide() {
    gliding = null;
    if (!drag?.moved || !view.zoomed) return;
    const box = lane.getBoundingClientRect();
    const beyond = drag.x < box.left + EDGE ? -1 : drag.x > box.right - EDGE ? 1 : 0;
    if (!beyond) return;
    view.pan(beyond * view.length * EDGE_SPEED);
    move();
    gliding = requestAnimationFrame(glide);
  }
  function spread() {
    const [one, other] = [...down.values()];
    return { apart: Math.max(24, Math.abs(one - other)), middle: (one + other) / 2 };
  }

  lane.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !state.duration) return;
    down.set(event.pointerId, event.clientX);
    lane.setPointerCapture(event.pointerId);
    if (down.size === 2) {
      drop(event, true);
      const { apart, middle } = spread();
      pinch = { apart, length: view.length, about: timeAt(middle) };
    }
    if (down.size > 1) return;
    const { kind, at = null } = on.grab(event.target);
    const here = timeAt(event.clientX);
    drag = { kind, from: event.clientX, x: event.clientX, grip: at === null ? 0 : here - at, moved: false, free: event.altKey };
    lane.dataset.drag = kind;
    if (kind === "scrub") on.drag(kind, here, false);
  });
  lane.addEventListener("pointermove", (event) => {
    if (!down.has(event.pointerId)) return;
    down.set(event.pointerId, event.clientX);
    if (pinch && down.size === 2) {
      const { apart, middle } = spread();
      const box = lane.getBoundingClientRect();
      const length = pinch.length * (pinch.apart / apart);
      view.show(pinch.about - ((middle - box.left) / box.width) * Math.min(length, state.duration), length);
    } else if (drag && (drag.moved || Math.abs(event.clientX - drag.from) >= STILL)) {
      Object.assign(drag, { moved: true, x: event.clientX, free: event.altKey });
      move();
      gliding ??= requestAnimationFrame(glide);
    }
  });
  function drop(event, broken = false) {
    if (!drag) return;
    const { kind, moved } = drag;
    drag = null;
    delete lane.dataset.drag;
    on.drop(kind, moved || broken || event.type === "pointercancel", timeAt(event.clientX));
  }
  for (const end of ["pointerup", "pointercancel"]) {
    lane.addEventListener(end, (event) => {
      if (!down.delete(event.pointerId)) return;
      if (down.size < 2) pinch = null;
      drop(event);
    });
  }

  lane.addEventListener("wheel", (event) => {
    const asked = event.ctrlKey || event.metaKey;
    const across = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (!state.duration || !(asked || on.focused())) return;
    if (across && !asked) {
      if (!view.zoomed) return;
      view.pan(((event.deltaX || event.deltaY) / 500) * view.length);
    } else {
      // What is shown whole cannot grow: then the page scrolls as ever.
      if (event.deltaY > 0 && !view.zoomed && !asked) return;
      view.zoom(Math.exp(event.deltaY / 300), timeAt(event.clientX));
    }
    event.preventDefault();
  }, { passive: false });

  return {
    get dragging() {
      return drag !== null && drag.moved;
    },
    get kind() {
      return drag?.kind ?? null;
    },
    close: () => cancelAnimationFrame(gliding),
  };
}
