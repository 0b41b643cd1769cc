import { h, mark, say } from "../shared/dom.js";
import { clamp } from "../shared/clock.js";

/**
 * A line over two takes that lie on each other: left of it one is seen, right of it the other.
 * `cut(share)` is told where it stands, in per cent from the left.
 */
export function createWipe(cut) {
  const handle = h("div", { class: "sora-wipe-handle", role: "slider", tabindex: 0, "aria-label": "Wipe", "aria-valuemin": 0, "aria-valuemax": 100 });
  const names = [h("span", { class: "sora-wipe-name" }), h("span", { class: "sora-wipe-name" })];
  const node = h("div", { class: "sora-wipe", hidden: true }, names, handle);
  let share = 50;
  let words = ["", ""];

  function move(to) {
    share = clamp(Math.round(to * 10) / 10, 0, 100);
    node.style.setProperty("--sora-cut", `${share}%`);
    mark(handle, "aria-valuenow", Math.round(share));
    mark(handle, "aria-valuetext", `${Math.round(share)} per cent ${words[0]}, the rest ${words[1]}`);
    cut(share);
  }
  function follow(event) {
    const box = node.getBoundingClientRect();
    move(((event.clientX - box.left) / box.width) * 100);
  }
  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    node.setPointerCapture(event.pointerId);
    handle.focus({ preventScroll: true });
    follow(event);
  });
  node.addEventListener("pointermove", (event) => node.hasPointerCapture(event.pointerId) && follow(event));
  handle.addEventListener("keydown", (event) => {
    const fine = event.shiftKey ? 10 : 1;
    const by = { ArrowLeft: -fine, ArrowDown: -fine, ArrowRight: fine, ArrowUp: fine, PageDown: -10, PageUp: 10, Home: -100, End: 100 }[event.key];
    if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    move(share + by);
  });
  return {
    node,
    handle,
    /** Begin with these two names. */
    show(labels) {
      words = labels;
      names.forEach((name, side) => say(name, labels[side]));
      node.hidden = false;
      move(share);
    },
    hide() {
      node.hidden = true;
    },
  };
}
