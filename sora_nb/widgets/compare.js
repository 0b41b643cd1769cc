import { h, iconButton, mark, relabel, say } from "./dom.js";
import { clockText } from "./clock.js";
import { player } from "./feed.js";

const DRIFT = 0.08;

/** Several takes side by side on one clock: the longest leads, the others are held to it. *close* gets a button. */
export function createCompare(model, close) {
  const grid = h("div", { class: "sora-compare-grid" });
  const toggle = iconButton("play", "Play all", () => (leader()?.paused ? playAll() : pauseAll()));
  const bar = h("input", { type: "range", class: "sora-scrub", min: 0, max: 1000, value: 0, "aria-label": "Position in all takes" });
  const time = h("output", { class: "sora-clock" });
  const shut = close && iconButton("close", "Close the comparison", close);
  const node = h(
    "div",
    { class: "sora-compare", hidden: true, role: "group", "aria-label": "Side by side" },
    grid,
    h("div", { class: "sora-compare-bar" }, toggle, bar, time, shut),
  );
  let players = [];
  let ticking = null;

  const videos = () => players.map(({ video }) => video);
  const leader = () => videos().reduce((longest, video) => ((video.duration || 0) > (longest?.duration || 0) ? video : longest), null);
  const playAll = () => {
    if (leader()?.ended) videos().forEach((video) => (video.currentTime = 0));
    videos().forEach((video) => video.play().catch(() => {}));
    ticking ??= requestAnimationFrame(tick);
  };
  const pauseAll = () => {
    videos().forEach((video) => video.pause());
    seek(leader()?.currentTime ?? 0);
    draw();
  };
  const seek = (seconds) => videos().forEach((video) => (video.currentTime = Math.min(seconds, video.duration || seconds)));

  function tick() {
    ticking = null;
    const head = leader();
    if (!head) return;
    for (const video of videos()) {
      const wanted = Math.min(head.currentTime, video.duration || Infinity);
      if (video !== head && !video.ended && !video.seeking && Math.abs(video.currentTime - wanted) > DRIFT) video.currentTime = wanted;
    }
    draw();
    if (!head.paused) ticking = requestAnimationFrame(tick);
  }
  function draw() {
    const head = leader();
    const playing = Boolean(head && !head.paused);
    relabel(toggle, playing ? "pause" : "play", playing ? "Pause all" : "Play all");
    if (head?.duration && document.activeElement !== bar) bar.value = (head.currentTime / head.duration) * 1000;
    mark(bar, "aria-valuetext", head ? `${head.currentTime.toFixed(1)} seconds` : null);
    say(time, head?.duration ? clockText(head.currentTime * 1000) : "");
  }
  bar.addEventListener("input", () => {
    seek((bar.value / 1000) * (leader()?.duration ?? 0));
    draw();
  });
  bar.addEventListener("change", () => bar.blur());

  const clear = () => {
    cancelAnimationFrame(ticking);
    ticking = null;
    players.forEach((each) => each.close());
    players = [];
  };
  return {
    node,
    /** Show these takes, or nothing where there are none. */
    show(takes) {
      clear();
      players = takes.map((facts) => player(model, `video:${facts.id}`, { label: facts.title, controls: false }));
      grid.style.setProperty("--sora-columns", Math.min(takes.length, 3));
      grid.replaceChildren(
        ...players.map((each, i) =>
          h("figure", { class: "sora-compare-cell" }, each.node, h("figcaption", { title: takes[i].title }, takes[i].title, h("span", {}, takes[i].details.join(" · ")))),
        ),
      );
      for (const { video } of players) {
        video.addEventListener("loadeddata", draw);
        video.addEventListener("seeked", draw);
      }
      node.hidden = takes.length === 0;
      if (close && takes.length) node.scrollIntoView({ block: "nearest" });
      draw();
    },
    close: clear,
  };
}

/** The view of a `CompareGrid`. Trait read: takes. */
export function mountCompare({ model, el }) {
  const compare = createCompare(model, null);
  const root = h("section", { class: "sora sora-compare-view", "aria-label": "Side by side" }, compare.node);
  el.append(root);
  compare.show(model.get("takes"));
  return () => {
    compare.close();
    root.remove();
  };
}

export default { render: mountCompare };
