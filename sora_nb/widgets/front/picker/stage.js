import { h, icon, mark, say } from "../shared/dom.js";

const MOVING = ["loading", "preparing", "waiting"];

/**
 * The picture and what stands in its place: nothing yet, waiting, preparing, loading, single frames, trouble.
 *
 * `set(state, words)` with state ready, empty, waiting, preparing, loading, frames or error. *over* lies on the picture.
 */
export function createStage(over = null) {
  const video = h("video", { class: "sora-video", playsinline: true, preload: "auto", tabindex: -1, "aria-label": "Video" });
  const symbol = h("span", { class: "sora-stage-symbol" });
  const note = h("p", { class: "sora-stage-note", role: "status" });
  const hint = h("code", { class: "sora-stage-hint" });
  const bar = h("span", { class: "sora-bar" }, h("span", { class: "sora-bar-fill" }));
  const speed = h("span", { class: "sora-speed", hidden: true });
  const offer = h("button", { type: "button", class: "sora-button sora-stage-offer", hidden: true }, "Go on");
  const cover = h("div", { class: "sora-stage-cover" }, symbol, note, hint, bar, offer);
  const frame = h("img", { class: "sora-frame", alt: "", hidden: true });
  const node = h("div", { class: "sora-stage", "data-state": "loading" }, video, frame, cover, over, speed);
  let taken = null;
  offer.addEventListener("click", () => taken?.());
  video.muted = true;

  return {
    node,
    video,
    /** One frame as a picture, where there is no video to seek in; null takes it away. */
    setFrame(address) {
      frame.hidden = !address;
      if (address) frame.src = address;
    },
    set(state, text = "", { share = null, hint: line = "", act = null } = {}) {
      mark(node, "data-state", state);
      symbol.replaceChildren(...(state === "empty" ? [icon("film")] : state === "error" ? [icon("error")] : []));
      say(note, text);
      say(hint, line);
      hint.hidden = !line;
      taken = act?.run ?? null;
      if (act) say(offer, act.words);
      offer.hidden = !act;
      bar.hidden = !MOVING.includes(state);
      bar.classList.toggle("sora-bar-endless", share === null);
      bar.firstElementChild.style.width = share === null ? "" : `${Math.round(share * 100)}%`;
    },
    setSpeed(rate) {
      speed.hidden = rate === 0 || rate === 1;
      say(speed, rate < 0 ? `◀ ${-rate}×` : `${rate}× ▶`);
    },
  };
}
