import { clamp } from "../shared/clock.js";
import { h, iconButton, mark } from "../shared/dom.js";

const FIRST_BOX = [0.3, 0.1, 0.4, 0.8];
const BOX_STEP = 0.01;
const LEAST_BOX = 0.02;
const CORNERS = ["nw", "ne", "sw", "se"];

const tidyBox = (box) => box.map((side) => Math.round(side * 1e4) / 1e4);
const boxPercent = (share) => `${Math.round(share * 100)} %`;

/** A box in words, for those who do not see it. */
export const boxText = ([x, y, w, h]) =>
  `${boxPercent(x)} from the left, ${boxPercent(y)} from the top, ${boxPercent(w)} wide, ${boxPercent(h)} high`;

/**
 * The box around the one that the range is about, drawn over the picture in shares of it.
 *
 * Moves `state` by `setBox`; `on.armed(drawing)` when the next drag over the picture draws, `on.leave()` on Escape.
 */
export function createWho(state, on) {
  const clear = iconButton("close", "Remove the box (Delete)", () => drop());
  const rect = h(
    "div",
    { class: "sora-who", tabindex: 0, role: "group", "aria-roledescription": "box", "aria-label": "Who", hidden: true },
    CORNERS.map((corner) => h("i", { class: "sora-who-corner", "data-corner": corner })),
    clear,
  );
  const node = h("div", { class: "sora-who-frame" }, rect);
  let armed = false;
  let hand = null;

  const shareOf = (event) => {
    const frame = node.getBoundingClientRect();
    return [clamp((event.clientX - frame.left) / frame.width, 0, 1), clamp((event.clientY - frame.top) / frame.height, 0, 1)];
  };
  const put = (box, how) => state.setBox(tidyBox(box), state.time, how);
  const inside = ([x, y, w, h]) => {
    const [wide, high] = [clamp(w, LEAST_BOX, 1), clamp(h, LEAST_BOX, 1)];
    return [clamp(x, 0, 1 - wide), clamp(y, 0, 1 - high), wide, high];
  };
  function arm(drawing) {
    armed = drawing;
    mark(node, "data-armed", armed);
    on.armed(armed);
  }
  function drop() {
    state.setBox(null, null);
    on.leave();
  }
  const between = ([x, y], [a, b]) => [Math.min(x, a), Math.min(y, b), Math.abs(a - x), Math.abs(b - y)];

  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || clear.contains(event.target)) return;
    const at = shareOf(event);
    const corner = event.target.dataset?.corner;
    if (corner) {
      const [x, y, w, h] = state.here.box;
      hand = { fixed: [corner.includes("w") ? x + w : x, corner.includes("n") ? y + h : y] };
    } else if (rect.contains(event.target)) hand = { grip: [at[0] - state.here.box[0], at[1] - state.here.box[1]] };
    else if (armed) hand = { fixed: at };
    else return;
    node.setPointerCapture(event.pointerId);
    event.preventDefault();
    event.stopPropagation();
  });
  node.addEventListener("pointermove", (event) => {
    if (!hand) return;
    const at = shareOf(event);
    hand.moved = true;
    if (hand.fixed) {
      const box = between(hand.fixed, at);
      if (box[2] >= LEAST_BOX && box[3] >= LEAST_BOX) put(box, { dragging: true });
    } else {
      const [, , w, h] = state.here.box;
      put(inside([at[0] - hand.grip[0], at[1] - hand.grip[1], w, h]), { dragging: true });
    }
  });
  for (const end of ["pointerup", "pointercancel"]) {
    node.addEventListener(end, () => {
      if (!hand) return;
      const { moved } = hand;
      hand = null;
      if (moved && state.here.box) put(state.here.box);
      if (moved) arm(false);
      if (state.here.box) rect.focus({ preventScroll: true });
    });
  }
  node.addEventListener("click", (event) => event.stopPropagation());

  rect.addEventListener("keydown", (event) => {
    if (event.target !== rect) return;
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
    const [x, y, w, h] = state.here.box;
    if (event.key === "Delete" || event.key === "Backspace") drop();
    else if (event.key === "Escape") on.leave();
    else if ((dx || dy) && event.shiftKey) {
      put([x, y, clamp(w + dx * BOX_STEP, LEAST_BOX, 1 - x), clamp(h + dy * BOX_STEP, LEAST_BOX, 1 - y)], { tag: "box" });
    } else if (dx || dy) put(inside([x + dx * BOX_STEP, y + dy * BOX_STEP, w, h]), { tag: "box" });
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  function draw() {
    const { box, boxAt } = state.here;
    rect.hidden = !box;
    if (!box) return;
    const [x, y, w, h] = box.map((share) => `${share * 100}%`);
    Object.assign(rect.style, { left: x, top: y, width: w, height: h });
    mark(rect, "data-away", boxAt !== null && Math.abs(boxAt - state.time) > 500 / state.fps);
    mark(rect, "aria-label", `Who: ${boxText(box)}. Arrows move it, Shift and arrows stretch it, Delete removes it.`);
  }

  return {
    node,
    drop,
    draw,
    /** By hand: the next drag draws. By key: a box to be moved with the arrows. */
    begin(byHand) {
      if (byHand) return arm(!armed);
      if (!state.here.box) put(FIRST_BOX);
      draw(); // what is hidden takes no keys
      rect.focus({ preventScroll: true });
    },
    /** Lie exactly over a picture of *shape* (width by height) in a stage of *room*. */
    fit(shape, room) {
      const wide = Math.min(room.width, room.height * shape);
      Object.assign(node.style, { width: `${wide}px`, height: `${wide / shape}px` });
    },
  };
}
