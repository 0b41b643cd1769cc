import { h, icon, listen, mark, say } from "../shared/dom.js";
import { clockText } from "../shared/clock.js";
import { player } from "../shared/feed.js";

const SLOW_BEAT = 1000;

/** `75` as `1:15`. */
const minutes = (seconds) => clockText(Math.floor(seconds) * 1000).replace(/\.\d+$/, "").replace(/^0/, "");

/**
 * One job as a card: state, progress and time while it runs, then its video, or its error in words.
 * `draw(facts)` takes what Python tells.
 */
export function createJobCard(model, key) {
  const screen = h("div", { class: "sora-job-screen" });
  const title = h("p", { class: "sora-job-title" });
  const chip = h("span", { class: "sora-chip" });
  const mock = h("span", { class: "sora-chip", "data-tone": "simulated" }, "simulated");
  const time = h("span", { class: "sora-job-time" });
  const details = h("p", { class: "sora-job-details" });
  const fill = h("span", { class: "sora-bar-fill" });
  const bar = h("span", { class: "sora-bar", role: "progressbar", "aria-label": "Progress", "aria-valuemin": 0, "aria-valuemax": 100 }, fill);
  const remarks = h("ul", { class: "sora-job-remarks", "aria-label": "Remarks" });
  const error = h("p", { class: "sora-job-error", role: "alert", hidden: true });
  const state = h("div", { class: "sora-job-state", role: "status" }, chip, mock);
  const text = h("div", { class: "sora-job-text" }, title, h("div", { class: "sora-job-line" }, state, time), bar, details, error, remarks);
  const node = h("article", { class: "sora-job" }, screen, text);
  let shown = null;
  let beat = null;
  let told = null;
  let heard = 0;

  const tick = () => {
    const running = told.ended ? 0 : (performance.now() - heard) / 1000;
    say(time, told.elapsed === null ? "" : minutes(told.elapsed + running));
  };
  function show(next) {
    shown?.close();
    shown = next;
    delete screen.dataset.icon;
    screen.replaceChildren(...(shown ? [shown.node] : []));
  }
  function showVideo(facts) {
    if (facts.has_video === (shown !== null)) return;
    show(facts.has_video ? player(model, key, { label: facts.title }) : null);
  }
  function drawRemarks(all) {
    const text = JSON.stringify(all);
    if (remarks.dataset.told === text) return;
    remarks.dataset.told = text;
    remarks.replaceChildren(...all.map(({ level, message }) => h("li", { "data-level": level, title: message }, icon(level), h("span", {}, message))));
    remarks.hidden = all.length === 0;
  }
  function showPlaceholder(facts) {
    if (shown) return;
    const name = facts.tone === "failed" ? "error" : facts.kind === "character" ? "person" : "film";
    if (screen.dataset.icon !== name) screen.replaceChildren(h("div", { class: "sora-stage sora-stage-empty" }, icon(name)));
    screen.dataset.icon = name;
  }

  return {
    node,
    draw(facts) {
      told = facts;
      heard = performance.now();
      mark(node, "data-kind", facts.kind);
      mark(node, "data-status", facts.status);
      say(title, facts.title);
      mark(title, "title", facts.title);
      say(chip, facts.word);
      mark(chip, "data-tone", facts.tone);
      mock.hidden = !facts.simulated;
      say(details, facts.details.join(" · "));
      say(error, facts.error ?? "");
      error.hidden = !facts.error;
      drawRemarks(facts.remarks ?? []);
      bar.hidden = facts.ended;
      const endless = !facts.progress;
      bar.classList.toggle("sora-bar-endless", endless);
      fill.style.width = endless ? "" : `${Math.round(facts.progress * 100)}%`;
      mark(bar, "aria-valuenow", endless ? null : Math.round(facts.progress * 100));
      showVideo(facts);
      showPlaceholder(facts);
      clearInterval(beat);
      if (!facts.ended) beat = setInterval(tick, SLOW_BEAT);
      tick();
    },
    close() {
      clearInterval(beat);
      shown?.close();
      node.remove();
    },
  };
}

/** The view of one `Video` or `Character`. Trait read: facts. */
export function mountJob({ model, el }) {
  const card = createJobCard(model, "video");
  const root = h("section", { class: "sora sora-job-view", "aria-label": "Job" }, card.node);
  const draw = () => card.draw(model.get("facts"));
  const deaf = listen(model, ["facts"], draw);
  el.append(root);
  draw();
  return () => {
    deaf();
    card.close();
    root.remove();
  };
}

export default { render: mountJob };
