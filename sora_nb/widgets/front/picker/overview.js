import { clamp } from "../shared/clock.js";
import { h } from "../shared/dom.js";

/** The whole video as a thin bar under the timeline, with what is shown of it as a window to drag. */
export function createOverview(state, view) {
  const shown = h("div", { class: "sora-overview-window", title: "Drag to look at another part" });
  const marks = h("div", { class: "sora-overview-marks" });
  const node = h("div", { class: "sora-overview", "aria-hidden": "true", hidden: true }, marks, shown);
  let grip = null;

  const timeAt = (x) => {
    const box = node.getBoundingClientRect();
    return ((x - box.left) / box.width) * state.duration;
  };
  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const at = timeAt(event.clientX);
    if (!shown.contains(event.target)) view.show(at - view.length / 2, view.length);
    grip = at - view.start;
    node.setPointerCapture(event.pointerId);
    event.stopPropagation();
  });
  node.addEventListener("pointermove", (event) => {
    if (grip !== null) view.show(timeAt(event.clientX) - grip, view.length);
  });
  for (const end of ["pointerup", "pointercancel"]) node.addEventListener(end, () => (grip = null));

  const place = (one, from, to) => {
    const [left, right] = [from, to].map((ms) => clamp((ms / state.duration) * 100, 0, 100));
    one.style.left = `${left}%`;
    one.style.width = `max(2px, ${right - left}%)`;
  };
  return {
    node,
    draw() {
      node.hidden = !view.zoomed;
      if (node.hidden) return;
      place(shown, view.start, view.start + view.length);
      while (marks.children.length < state.ranges.length + 1) marks.append(h("i"));
      while (marks.children.length > state.ranges.length + 1) marks.lastChild.remove();
      state.ranges.forEach((one, number) => {
        marks.children[number].className = number === state.selected ? "sora-overview-here" : "";
        place(marks.children[number], one.in, one.out);
      });
      marks.lastChild.className = "sora-overview-playhead";
      place(marks.lastChild, state.time, state.time);
    },
  };
}
