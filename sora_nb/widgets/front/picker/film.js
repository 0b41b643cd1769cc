import { clamp } from "../shared/clock.js";
import { h } from "../shared/dom.js";

/** The filmstrip: a picture of the whole video, and a finer one of what is shown while it is zoomed. */
export function createFilm(state, view, changed) {
  const canvas = h("canvas", { class: "sora-film", "aria-hidden": "true" });
  let strips = [];
  let drawn = "";

  function paint(strip, width, height, dense) {
    const { image, count, from, to } = strip;
    const brush = canvas.getContext("2d");
    const cell = image.naturalWidth / count;
    const slots = Math.max(1, Math.round(width / (height * (cell / image.naturalHeight))));
    for (let slot = 0; slot < slots; slot += 1) {
      const ms = view.start + ((slot + 0.5) / slots) * view.length;
      if (ms < from || ms > to) continue;
      const picked = clamp(Math.floor(((ms - from) / (to - from)) * count), 0, count - 1);
      const left = Math.round((slot / slots) * width * dense);
      const right = Math.round(((slot + 1) / slots) * width * dense);
      brush.drawImage(image, picked * cell, 0, cell, image.naturalHeight, left, 0, right - left, height * dense);
    }
  }

  return {
    node: canvas,
    get filled() {
      return strips.length > 0;
    },
    /** Every frame of *count* from *from* to *to* ms, side by side in one picture. */
    set(address, count, from, to) {
      const image = new Image();
      image.onload = () => {
        const whole = to - from >= state.duration - 1;
        strips = [...strips.filter((one) => one.whole !== whole), { image, count, from, to, whole }];
        strips.sort((one, other) => Number(other.whole) - Number(one.whole));
        drawn = "";
        changed();
      };
      image.src = address;
    },
    clear() {
      strips = [];
      drawn = "";
    },
    draw() {
      const [width, height] = [canvas.clientWidth, canvas.clientHeight];
      const dense = window.devicePixelRatio || 1;
      const key = [view.start, view.length, width, height, dense, strips.map((one) => one.image.src)].join();
      if (key === drawn || width === 0) return;
      drawn = key;
      canvas.width = Math.round(width * dense);
      canvas.height = Math.round(height * dense);
      for (const strip of strips) paint(strip, width, height, dense);
    },
  };
}
