import { h, icon, mark, say } from "./dom.js";

/**
 * The picture and what stands in its place: nothing yet, waiting, preparing, loading, trouble.
 *
 * `set(state, words)` with state ready, empty, waiting, preparing, loading or error.
 */
export function createStage() {
  const video = h("video", { class: "sora-video", playsinline: true, preload: "auto", tabindex: -1, "aria-label": "Video" });
  const symbol = h("span", { class: "sora-stage-symbol" });
  const note = h("p", { class: "sora-stage-note", role: "status" });
  const hint = h("code", { class: "sora-stage-hint" });
  const bar = h("span", { class: "sora-bar" }, h("span", { class: "sora-bar-fill" }));
  const speed = h("span", { class: "sora-speed", hidden: true });
  const cover = h("div", { class: "sora-stage-cover" }, symbol, note, hint, bar);
  const node = h("div", { class: "sora-stage", "data-state": "loading" }, video, speed, cover);
  video.muted = true;

  return {
    node,
    video,
    set(state, text = "", { share = null, hint: line = "" } = {}) {
      mark(node, "data-state", state);
      symbol.replaceChildren(...(state === "empty" ? [icon("film")] : state === "error" ? [icon("error")] : []));
      say(note, text);
      say(hint, line);
      hint.hidden = !line;
      bar.hidden = !["loading", "preparing", "waiting"].includes(state);
      bar.classList.toggle("sora-bar-endless", share === null);
      bar.firstElementChild.style.width = share === null ? "" : `${Math.round(share * 100)}%`;
    },
    setSpeed(rate) {
      speed.hidden = rate === 0 || rate === 1;
      say(speed, rate < 0 ? `◀ ${-rate}×` : `${rate}× ▶`);
    },
  };
}
