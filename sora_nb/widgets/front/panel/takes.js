import { h, icon, iconButton, mark, say } from "../shared/dom.js";
import { clockText } from "../shared/clock.js";
import { createCompare } from "../compare/compare.js";
import { player } from "../shared/feed.js";
import { createStars } from "../shared/stars.js";
import { createAgain } from "./again.js";
import { createThumb } from "./thumb.js";

const MOST_COMPARED = 9;
const BEAT = 1000;

/** `75` as `1:15`. */
const left = (seconds) => clockText(Math.ceil(seconds) * 1000).replace(/\.\d+$/, "").replace(/^0/, "");

/**
 * The results as a table, one row for each take, and the chosen ones side by side. `on.use(id)` takes one as the next
 * source, `on.stop()` takes back what was not sent yet, `on.resend(id)` sends one whose answer was lost once more.
 */
export function createTakes(model, on) {
  const chosen = new Set();
  const rows = new Map();
  const count = h("span", { class: "sora-count", role: "status" });
  const fill = h("span", { class: "sora-bar-fill" });
  const bar = h("span", { class: "sora-bar", role: "progressbar", "aria-label": "All takes", "aria-valuemin": 0, "aria-valuemax": 100, hidden: true }, fill);
  const stop = h("button", { type: "button", class: "sora-button sora-button-small", hidden: true, title: "Take back what was not sent yet; the rest goes on at the service", onclick: on.stop }, "Stop");
  const side = h("button", { type: "button", class: "sora-button sora-button-small", onclick: () => compare.show(picked()) }, "Side by side");
  const none = h("p", { class: "sora-nothing" }, icon("film"), "No takes yet. Write a prompt above and generate.");
  const compare = createCompare(model, () => compare.show([]));
  const viewer = h("div", { class: "sora-take-viewer", role: "group", hidden: true });
  const heads = [["", "Choose"], ["", "Picture"], ["Take"], ["State"], ["Stars"], ["Cost"], ["", "More"]];
  const head = h("div", { role: "row", class: "sora-take-head" }, heads.map(([words, name]) => h("span", { role: "columnheader", "aria-label": name }, words)));
  const body = h("div", { role: "rowgroup", class: "sora-take-body" });
  const table = h("div", { class: "sora-takes", role: "table", "aria-label": "Takes" }, h("div", { role: "rowgroup" }, head), body);
  let shown = null;
  let heard = 0;
  let beating = null;

  const picked = () => model.get("takes").filter(({ id, has_video: there }) => chosen.has(id) && there).slice(0, MOST_COMPARED);

  function makeRow({ id }) {
    const box = h("input", { type: "checkbox", class: "sora-take-box", onchange: () => choose(id, box.checked) });
    const thumb = createThumb(model, `video:${id}`, { open: () => view(id) });
    const title = h("span", { class: "sora-take-title" });
    const about = h("span", { class: "sora-take-about" });
    const trouble = h("p", { class: "sora-take-error", role: "alert", hidden: true });
    const remarks = h("ul", { class: "sora-job-remarks", "aria-label": "Remarks", hidden: true });
    const chip = h("span", { class: "sora-chip" });
    const mock = h("span", { class: "sora-chip", "data-tone": "simulated" }, "simulated");
    const time = h("span", { class: "sora-take-time" });
    const share = h("span", { class: "sora-bar-fill" });
    const progress = h("span", { class: "sora-bar", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100 }, share);
    const stars = createStars("", (given) => model.send({ kind: "compare:rate", id, stars: given }));
    const cost = h("span", { role: "cell", class: "sora-take-cost" });
    const use = h("button", { type: "button", class: "sora-button sora-button-small", onclick: () => on.use(id) }, "Use as source");
    const again = createAgain(() => on.resend(id));
    const node = h(
      "div",
      { role: "row", class: "sora-take" },
      h("span", { role: "cell", class: "sora-take-pick" }, h("label", { class: "sora-take-label" }, box)),
      h("span", { role: "cell", class: "sora-take-picture" }, thumb.node),
      h("div", { role: "cell", class: "sora-take-text" }, title, about, trouble, remarks),
      h("div", { role: "cell", class: "sora-take-state" }, h("span", { class: "sora-job-state" }, chip, mock), progress, time),
      h("span", { role: "cell", class: "sora-take-stars" }, stars.node),
      cost,
      h("span", { role: "cell", class: "sora-take-more" }, use, again.node),
    );
    let told = null;
    return {
      node,
      draw(facts) {
        told = facts;
        mark(node, "data-status", facts.status);
        thumb.draw(facts);
        say(title, facts.place || facts.title);
        mark(title, "title", facts.title);
        say(about, [...(facts.place ? [facts.title] : []), ...facts.details.filter((words) => words !== facts.cost)].join(" · "));
        mark(about, "title", about.textContent);
        say(trouble, facts.error ?? "");
        trouble.hidden = !facts.error;
        drawRemarks(remarks, facts.remarks ?? []);
        say(chip, facts.word);
        mark(chip, "data-tone", facts.tone);
        mock.hidden = !facts.simulated;
        progress.hidden = facts.ended;
        const known = Math.round(facts.progress * 100);
        progress.classList.toggle("sora-bar-endless", !known);
        share.style.width = known ? `${known}%` : "";
        mark(progress, "aria-valuenow", known || null);
        mark(progress, "aria-label", `Progress of ${facts.title}`);
        stars.draw(facts.rating ?? null);
        mark(stars.node, "aria-label", `Stars for ${facts.title}`);
        stars.node.hidden = use.hidden = !facts.has_video;
        box.disabled = !facts.has_video;
        mark(box, "aria-label", `Compare: ${facts.title}`);
        mark(use, "aria-label", `Use as source: ${facts.title}`);
        again.draw(facts);
        say(cost, facts.cost ?? "");
        this.tick();
      },
      tick() {
        if (told.ended) return say(time, told.elapsed === null ? "" : `took ${left(told.elapsed)}`);
        const rest = told.left === null ? null : told.left - (performance.now() - heard) / 1000;
        const percent = told.progress ? `${Math.round(told.progress * 100)} %` : "";
        say(time, [percent, rest === null ? "" : rest > 0.5 ? `about ${left(rest)} left` : "any moment"].filter(Boolean).join(" · "));
      },
      rest: thumb.rest,
      choose: (on) => (box.checked = on),
      close() {
        thumb.close();
        node.remove();
      },
    };
  }
  function drawRemarks(list, all) {
    const text = JSON.stringify(all);
    if (list.dataset.told === text) return;
    list.dataset.told = text;
    list.replaceChildren(...all.map(({ level, message }) => h("li", { "data-level": level, title: message }, icon(level), h("span", {}, message))));
    list.hidden = !all.length;
  }
  function choose(id, wanted) {
    if (wanted) chosen.add(id);
    else chosen.delete(id);
    drawChoice();
  }
  function drawChoice() {
    const many = picked().length;
    const there = model.get("takes").filter(({ has_video: video }) => video).length;
    side.hidden = there < 2;
    mark(side, "aria-disabled", many < 2 ? "true" : null);
    say(side, many < 2 ? "Side by side" : `Side by side (${many})`);
    mark(side, "title", many < 2 ? "Tick two or more takes" : null);
  }

  /** A take large, with sound if wanted, above the table. */
  function view(id) {
    const facts = model.get("takes").find((each) => each.id === id);
    shut();
    if (!facts) return;
    rows.get(id)?.rest();
    shown = { id, ...player(model, `video:${id}`, { label: facts.title }) };
    shown.video.addEventListener("loadeddata", () => shown?.video.play().catch(() => {}), { once: true });
    const close = iconButton("close", "Close the player (Esc)", () => shut(true));
    mark(viewer, "aria-label", `Player: ${facts.title}`);
    viewer.replaceChildren(shown.node, h("div", { class: "sora-take-viewer-text" }, h("strong", {}, facts.title), h("span", { class: "sora-soft" }, facts.details.join(" · ")), close));
    viewer.hidden = false;
    shown.video.focus({ preventScroll: true });
    viewer.scrollIntoView({ block: "nearest" });
  }
  function shut(back = false) {
    const id = shown?.id;
    shown?.close();
    shown = null;
    viewer.hidden = true;
    viewer.replaceChildren();
    if (back) rows.get(id)?.node.querySelector(".sora-take-thumb").focus({ preventScroll: true });
  }
  viewer.addEventListener("keydown", (event) => event.key === "Escape" && (event.stopPropagation(), shut(true)));

  function drawCount(takes) {
    const running = takes.filter(({ ended }) => !ended);
    // Those that are under way, and what was asked for together with them.
    const done = takes.filter(({ ended, sweep }) => ended && sweep && running.some((each) => each.sweep === sweep)).length;
    const all = running.length + done;
    const lefts = running.map((each) => each.left).filter((seconds) => seconds !== null);
    const rest = lefts.length === running.length && lefts.length ? `, about ${left(Math.max(...lefts))} left` : "";
    say(count, running.length ? `${done} of ${all} done${rest}` : takes.length ? `${takes.length} ${takes.length === 1 ? "take" : "takes"}` : "");
    const share = all ? (done + running.reduce((sum, { progress }) => sum + progress, 0)) / all : 0;
    bar.hidden = stop.hidden = !running.length;
    fill.style.width = `${Math.round(share * 100)}%`;
    mark(bar, "aria-valuenow", Math.round(share * 100));
    clearInterval(beating);
    if (running.length) beating = setInterval(() => rows.forEach((row) => row.tick()), BEAT);
  }
  return {
    actions: [bar, count, stop, side],
    node: h("div", { class: "sora-results" }, compare.node, viewer, none, table),
    draw() {
      const takes = model.get("takes");
      heard = performance.now();
      for (const [id, row] of rows) {
        if (takes.some((facts) => facts.id === id)) continue;
        row.close();
        rows.delete(id);
        chosen.delete(id);
      }
      takes.forEach((facts, place) => {
        if (!rows.has(facts.id)) rows.set(facts.id, makeRow(facts));
        const row = rows.get(facts.id);
        row.draw(facts);
        if (body.children[place] !== row.node) body.insertBefore(row.node, body.children[place] ?? null);
      });
      none.hidden = takes.length > 0;
      table.hidden = !takes.length;
      drawCount(takes);
      drawChoice();
      compare.refresh(takes);
    },
    close() {
      clearInterval(beating);
      shut();
      compare.close();
      rows.forEach((row) => row.close());
    },
  };
}
