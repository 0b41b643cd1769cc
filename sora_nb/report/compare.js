import { h, iconButton, mark, relabel, say } from "../widgets/front/shared/dom.js";
import { createHelp, keyReader } from "../widgets/front/shared/keys.js";
import { CLOCK_KEYS, createClockBar } from "../widgets/front/compare/clockbar.js";
import { createTogether } from "../widgets/front/compare/together.js";

const MOST = 9;
const KEYS_HERE = [
  ...CLOCK_KEYS,
  { keys: ["s", "m"], shown: ["S"], words: "Hear only the take in focus", act: "solo" },
  { keys: ["?"], shown: ["?"], words: "This help", act: "help" },
  { keys: ["escape"], shown: ["Esc"], words: "Back to the page", act: "leave" },
];
const actHere = keyReader(KEYS_HERE);

/** What the page says of a take whose film it holds. */
const read = (card) => ({
  film: card.querySelector("video"),
  number: card.dataset.number,
  label: card.dataset.label,
  fps: Number(card.dataset.fps) || null,
});

/** One take in the comparison: its film, who it is, and its sound. */
function createFigure(take, on) {
  const video = h("video", { playsinline: true, preload: "auto", tabindex: -1, "aria-label": take.label });
  const solo = iconButton("muted", "Hear only this take (S)", on.solo);
  const trouble = h("p", { class: "trouble", role: "status", hidden: true });
  const caption = h("figcaption", {}, h("span", { class: "number" }, take.number), h("span", { class: "words", dir: "auto" }, take.label), solo);
  const node = h("figure", { role: "group", tabindex: 0, "aria-label": `Take ${take.number}: ${take.label}` }, h("div", { class: "picture" }, video, trouble), caption);
  const member = { video, fps: take.fps, offset: 0, wanted: null };
  const setSound = (heard) => {
    video.muted = !heard;
    relabel(solo, heard ? "sound" : "muted", heard ? "Mute this take (S)" : "Hear only this take (S)");
    mark(solo, "aria-pressed", String(heard));
  };
  video.addEventListener("error", () => {
    say(trouble, "This browser cannot play the film.");
    trouble.hidden = false;
  });
  video.addEventListener("click", on.press);
  for (const event of ["loadeddata", "seeked"]) video.addEventListener(event, () => on.arrived(member));
  setSound(false);
  if (take.film.poster) video.poster = take.film.poster;
  video.src = take.film.getAttribute("src");
  return { node, video, member, setSound };
}

/** The comparison: takes side by side on one clock, over the page. */
function createSideBySide() {
  const together = createTogether(() => bar.draw());
  const bar = createClockBar(together, { help: () => acts.help(), whole: true });
  let figures = [];
  let current = null;
  let solo = null;
  let opener = null;

  const grid = h("div", { class: "side-grid" });
  const shut = h("button", { type: "button", class: "button", onclick: () => node.close() }, "Close");
  const title = h("h2", { id: "side-title" });
  const help = createHelp(() => showHelp(false), KEYS_HERE, ["Click a take or Tab to it first to hear it."]);
  const node = h("dialog", { class: "side", "aria-labelledby": "side-title" }, h("div", { class: "side-head" }, title, shut), grid, bar.node, help);

  const acts = {
    ...bar.acts,
    solo: () => hear(current ?? figures[0]),
    help: () => showHelp(help.hidden),
    leave: () => (help.hidden ? node.close() : showHelp(false)),
  };
  function hear(figure) {
    solo = solo === figure ? null : figure;
    figures.forEach((each) => each.setSound(each === solo));
  }
  function showHelp(open) {
    help.hidden = !open;
    (open ? help.querySelector("button") : bar.toggle).focus({ preventScroll: true });
  }
  /** As many columns as show the films at their largest; a narrow window scrolls instead. */
  function layout() {
    const count = figures.length;
    if (!count || !node.open) return;
    const aspect = Math.max(...figures.map(({ video }) => video.videoWidth / video.videoHeight || 16 / 9));
    const gap = 16;
    const { clientWidth, clientHeight } = grid;
    const width = (columns) => {
      const rows = Math.ceil(count / columns);
      const high = (clientHeight - gap * (rows - 1)) / rows - figures[0].node.lastChild.offsetHeight;
      return Math.min((clientWidth - gap * (columns - 1)) / columns, high * aspect);
    };
    const ways = Array.from({ length: count }, (_, place) => ({ columns: place + 1, width: width(place + 1), free: (place + 1 - (count % (place + 1))) % (place + 1) }));
    const widest = Math.max(...ways.map((way) => way.width));
    // A full row reads better than a gap beside the last one, and is worth a fifth of the size.
    const best = ways.filter((way) => way.width >= widest * 0.8).sort((a, b) => a.free - b.free || b.width - a.width)[0];
    const least = Math.min(clientWidth, 240);
    grid.style.setProperty("--columns", best.width < least ? Math.max(1, Math.floor((clientWidth + gap) / (least + gap))) : best.columns);
    grid.style.setProperty("--width", `${Math.floor(Math.max(best.width, least))}px`);
    grid.style.setProperty("--aspect", aspect);
  }
  node.addEventListener("focusin", ({ target }) => {
    current = figures.find((each) => each.node.contains(target)) ?? null;
  });
  node.addEventListener("keydown", (event) => {
    const act = actHere(event);
    if (!act || (!help.hidden && !["help", "leave"].includes(act))) return;
    event.preventDefault();
    acts[act]();
  });
  // Esc in a field is the browser's, and would close what is behind the help as well.
  node.addEventListener("cancel", (event) => {
    if (help.hidden) return;
    event.preventDefault();
    showHelp(false);
  });
  node.addEventListener("close", () => {
    together.close();
    for (const { video } of figures) {
      video.pause();
      video.removeAttribute("src");
      video.load();
    }
    [figures, current, solo] = [[], null, null];
    grid.replaceChildren();
    opener?.focus({ preventScroll: true });
  });
  new ResizeObserver(layout).observe(grid);

  return {
    node,
    /** Show these takes; *from* gets the focus back. */
    show(takes, from) {
      opener = from;
      document.querySelectorAll("video").forEach((video) => video.pause());
      figures = takes.map((take) => {
        const figure = createFigure(take, {
          solo: () => hear(figure),
          press: () => {
            figure.node.focus({ preventScroll: true });
            together.toggle();
          },
          arrived: (member) => {
            together.arrived(member);
            layout();
            bar.draw();
          },
        });
        return figure;
      });
      say(title, `${takes.length} takes side by side`);
      help.hidden = true;
      grid.replaceChildren(...figures.map((each) => each.node));
      node.showModal();
      together.take(figures.map(({ member }) => member));
      together.seek(0);
      layout();
      bar.toggle.focus({ preventScroll: true });
    },
  };
}

/** The ways into the comparison: a button for each group, a mark for each take, and what was chosen. */
function offer() {
  const cards = [...document.querySelectorAll(".take")].filter((card) => card.querySelector("video"));
  if (cards.length < 2) return;
  const side = createSideBySide();
  const chosen = new Set();
  const count = h("span", { role: "status" });
  const go = h("button", { type: "button", class: "button primary", onclick: () => side.show(cards.filter((card) => chosen.has(card)).map(read), go) }, "Compare");
  const none = h("button", { type: "button", class: "button", onclick: () => clear() }, "Clear");
  const tray = h("div", { class: "tray", role: "region", "aria-label": "Chosen takes", hidden: true }, count, none, go);
  const marks = new Map();

  const draw = () => {
    tray.hidden = chosen.size === 0;
    say(count, chosen.size === 1 ? "1 take chosen. Choose another one to compare." : `${chosen.size} takes chosen`);
    go.hidden = chosen.size < 2;
    const full = chosen.size >= MOST;
    marks.forEach((box, card) => (box.disabled = full && !chosen.has(card)));
    if (full) say(count, `${MOST} takes chosen, which is as many as can be seen at once`);
  };
  function clear() {
    chosen.clear();
    marks.forEach((box) => (box.checked = false));
    draw();
    cards[0].querySelector("input").focus({ preventScroll: true });
  }
  for (const card of cards) {
    const box = h("input", { type: "checkbox", onchange: () => (box.checked ? chosen.add(card) : chosen.delete(card), draw()) });
    marks.set(card, box);
    card.querySelector(".line").append(h("label", { class: "choose" }, box, "Compare", h("span", { class: "unseen" }, ` take ${card.dataset.number}`)));
  }
  for (const group of document.querySelectorAll(".takes")) {
    const those = cards.filter((card) => group.contains(card));
    if (those.length < 2) continue;
    const first = those.slice(0, MOST);
    const words = first.length < those.length ? `Compare the first ${MOST} side by side` : `Compare all ${those.length} side by side`;
    const button = h("button", { type: "button", class: "button primary", onclick: () => side.show(first.map(read), button) }, words);
    group.previousElementSibling.append(button);
  }
  document.body.append(tray, side.node);
}

offer();
