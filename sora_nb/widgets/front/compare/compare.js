import { h, holdFocus, iconButton, listen, mark, say } from "../shared/dom.js";
import { createHelp, keyReader } from "../shared/keys.js";
import { CLOCK_KEYS, createClockBar } from "./clockbar.js";
import { createOrdering, ordered } from "./ordering.js";
import { createTakeCell } from "./takecell.js";
import { createTogether } from "./together.js";
import { createBallot, createTally } from "./voting.js";
import { createWipe } from "./wipe.js";

const COMPARE_KEYS = [
  ...CLOCK_KEYS,
  { keys: ["1", "2", "3", "4", "5"], shown: ["1 to 5"], words: "Stars for the take in focus", act: "number" },
  { keys: ["0"], shown: ["0"], words: "No stars", act: "number" },
  { keys: ["s", "m"], shown: ["S"], words: "Hear only the take in focus", act: "solo" },
  { keys: ["w"], shown: ["W"], words: "Wipe between two", act: "wipe" },
  { keys: ["c"], shown: ["C"], words: "Character over the pictures", act: "faces" },
  { keys: ["b"], shown: ["B"], words: "Compare blind: 1 left, 2 right, 0 no difference", act: "blind" },
  { keys: ["u"], shown: ["U"], words: "Blind: take a vote back", act: "undo" },
  { keys: ["?"], shown: ["?"], words: "This help", act: "help" },
  { keys: ["escape"], shown: ["Esc"], words: "Leave", act: "leave" },
];
const compareAct = keyReader(COMPARE_KEYS);
const VOTES = { 1: "left", 2: "right", 0: "same" };
const KERNEL_PATIENCE = 6000;

/**
 * Takes side by side on one clock. *close* gets a button.
 *
 * A model without a trait `trial`, as the panel's is, has no blind comparison; stars are sent to either.
 */
export function createCompare(model, close) {
  const judged = model.get("trial") !== undefined;
  const people = () => model.get("references") ?? (model.get("cast") ?? []).map(({ id, title }) => ({ id, name: title }));
  const together = createTogether(() => bar.draw());
  const bar = createClockBar(together, { help: () => acts.help() });
  let cells = [];
  let current = null;
  let solo = null;
  let wiping = null;
  let faces = false;
  let shifts = false;
  let round = null;
  let silence = null;

  const grid = h("div", { class: "sora-compare-grid" });
  const nobody = h("p", { class: "sora-nothing", role: "status", hidden: true }, "No take is like that. ", h("button", { type: "button", class: "sora-button sora-button-small", onclick: () => ordering.all() }, "Show all"));
  const wipe = createWipe((share) => grid.style.setProperty("--sora-cut", `${share}%`));
  const ballot = createBallot({ vote, undo: () => ask({ kind: "compare:undo" }), stop: () => ask({ kind: "compare:stop" }) });
  const tally = createTally();
  const status = h("p", { class: "sora-compare-said", role: "status", hidden: true });

  const pressed = (words, key, onclick) => h("button", { type: "button", class: "sora-button", "aria-pressed": "false", title: `${words} (${key})`, onclick }, words);
  const modes = {
    wipe: pressed("Wipe", "W", () => acts.wipe()),
    faces: pressed("Reference", "C", () => acts.faces()),
    shifts: h("button", { type: "button", class: "sora-button", "aria-pressed": "false", title: "Begin a take later or earlier than the others", onclick: () => ((shifts = !shifts), layout()) }, "Offsets"),
    blind: h("button", { type: "button", class: "sora-button", title: "Two at a time, without names (B)", onclick: () => acts.blind() }, "Compare blind"),
  };
  const sides = ["Left", "Right"].map((words, side) =>
    h("select", { class: "sora-input", "aria-label": `${words} of the wipe`, onchange: (event) => choose(side, Number(event.target.value)) }),
  );
  const chooser = h("span", { class: "sora-compare-sides", hidden: true }, sides);
  const trait = (name) => (value) => {
    model.set(name, value);
    model.save_changes();
    layout();
  };
  const columns = () => model.get("columns") ?? [];
  const chosen = (name) => (judged ? (model.get(name) ?? []) : []);
  const ordering = createOrdering({ order: trait("order"), only: trait("only") });
  const shut = close && iconButton("close", "Close the comparison", close);
  const head = h("div", { class: "sora-compare-head", role: "group", "aria-label": "Ways to compare" }, modes.wipe, chooser, modes.faces, modes.shifts, h("span", { class: "sora-compare-gap" }), ordering.node, judged ? modes.blind : null, shut);

  const help = createHelp(() => showHelp(false), judged ? COMPARE_KEYS : COMPARE_KEYS.filter(({ act }) => !["blind", "undo"].includes(act)), [
    "Click a take or Tab to it first. Stars chosen again are taken back.",
    "The wipe's line moves with the mouse, and with the arrows while it is in focus.",
  ]);
  const node = h(
    "div",
    { class: "sora-compare", hidden: true, role: "group", tabindex: 0, "aria-label": "Side by side" },
    head,
    ballot.head,
    nobody,
    grid,
    ballot.foot,
    bar.node,
    status,
    tally.node,
    help,
  );

  const acts = {
    ...bar.acts,
    number: (key) => (round ? VOTES[key] && vote(VOTES[key]) : rate(current, Number(key) || null)),
    solo: () => (current ? hear(current) : tell("hint", "Click a take or Tab to it first, then S.")),
    wipe: () => setWipe(!wiping),
    faces: () => people().length && ((faces = !faces), layout()),
    blind: () => judged && !round && cells.length > 1 && ask({ kind: "compare:blind" }),
    undo: () => round && !ballot.undo.disabled && ask({ kind: "compare:undo" }),
    help: () => showHelp(help.hidden),
    leave: () => (help.hidden ? document.activeElement?.blur() : showHelp(false)),
  };

  /** Python is asked; until it answers, nothing else is. */
  function ask(message) {
    if (silence) return;
    model.send(message);
    silence = setTimeout(() => {
      answered();
      tell("warning", "Waiting for the kernel. If it is not running, run this cell again.");
    }, KERNEL_PATIENCE);
    drawBallot();
  }
  function answered() {
    clearTimeout(silence);
    silence = null;
    drawBallot();
  }
  function vote(choice) {
    if (round) ask({ kind: "compare:vote", round: round.round, choice });
  }
  function rate(cell, stars) {
    if (!cell) return tell("hint", "Click a take or Tab to it first, then 1 to 5.");
    cell.stars.draw(stars);
    model.send({ kind: "compare:rate", id: cell.id, stars });
  }
  function hear(cell) {
    solo = solo === cell ? null : cell;
    cells.forEach((each) => each.setSound(each === solo));
  }
  function setWipe(wanted) {
    if (round || cells.length < 2) return;
    const first = Math.max(0, cells.indexOf(current));
    wiping = wanted ? [first, first + 1 < cells.length ? first + 1 : 0].sort((a, b) => a - b) : null;
    layout();
    if (wiping) wipe.handle.focus({ preventScroll: true });
  }
  function choose(side, place) {
    if (wiping[1 - side] === place) wiping[1 - side] = wiping[side];
    wiping[side] = place;
    layout();
  }
  function shiftTake(cell, seconds) {
    together.setOffset(cell.member, seconds);
    if (model.get("offsets") === undefined) return;
    model.set("offsets", cells.map(({ member }) => member.offset));
    model.save_changes();
  }
  function tell(level, words) {
    mark(status, "data-level", level);
    mark(status, "role", level === "error" ? "alert" : "status");
    say(status, words);
    status.hidden = !words;
  }
  function showHelp(open) {
    help.hidden = !open;
    (open ? help.querySelector("button") : node).focus({ preventScroll: true });
  }

  /** Who is seen, where, and with what over it. */
  function layout() {
    const find = (id) => cells.find((cell) => cell.id === id);
    const pair = round ? [find(round.left), find(round.right)] : wiping?.map((place) => cells[place]);
    const listed = ordered(cells, columns(), chosen("order"), chosen("only"), (cell) => cell.values);
    const shown = pair ?? listed;
    ordering.draw(columns(), chosen("order"), chosen("only"), judged && !wiping ? cells.length : 0);
    nobody.hidden = shown.length > 0;
    const order = [...shown, ...cells.filter((cell) => !shown.includes(cell))];
    order.forEach((cell, place) => grid.children[place] !== cell.node && grid.insertBefore(cell.node, grid.children[place] ?? null));
    grid.append(wipe.node);
    mark(grid, "data-mode", round ? "blind" : wiping ? "wipe" : "grid");
    const wide = cells.every(({ member }) => (member.aspect ?? 1.78) >= 1);
    grid.style.setProperty("--sora-columns", Math.min(shown.length, wide ? (shown.length === 4 ? 2 : 3) : 5));
    grid.style.setProperty("--sora-aspect", Math.max(...cells.map(({ member }) => member.aspect ?? 0), 0) || "");
    for (const cell of cells) {
      const side = pair && shown.includes(cell) ? (cell === pair[0] ? "left" : "right") : null;
      cell.node.hidden = !shown.includes(cell);
      mark(cell.node, "data-side", side);
      cell.setSide(round ? side : null);
      cell.showOffset(shifts && !round && model.get("offsets") !== undefined);
      const face = (faces && people().find(({ id }) => cell.cast.includes(id))) || null;
      // Where two takes lie on each other, one picture of their character is enough.
      cell.showFace(wiping && side === "right" && face && pair[0].cast.includes(face.id) ? null : face);
    }
    if (solo && !shown.includes(solo)) hear(solo);
    if (wiping && !round) wipe.show(pair.map(({ name }) => name));
    else wipe.hide();
    chooser.hidden = !wiping || cells.length < 3;
    sides.forEach((select, side) => {
      select.replaceChildren(...cells.map((cell, place) => h("option", { value: place, selected: place === wiping?.[side] }, cell.name.slice(0, 60))));
    });
    head.hidden = Boolean(round);
    modes.wipe.hidden = modes.blind.hidden = cells.length < 2;
    bar.node.hidden = shown.length === 0;
    modes.faces.hidden = !cells.some(({ cast }) => people().some(({ id }) => cast.includes(id)));
    modes.shifts.hidden = cells.length < 2 || model.get("offsets") === undefined;
    for (const [name, on] of Object.entries({ wipe: wiping, faces, shifts })) mark(modes[name], "aria-pressed", String(Boolean(on)));
    together.take(shown.map(({ member }) => member));
    drawBallot();
    bar.draw();
  }
  function drawBallot() {
    ballot.draw(round, silence !== null);
    modes.blind.disabled = silence !== null;
    tally.draw(round ? [] : (model.get("tally") ?? []));
  }
  node.addEventListener("focusin", ({ target }) => {
    current = cells.find((each) => each.node.contains(target)) ?? null;
  });
  node.addEventListener("keydown", (event) => {
    const act = compareAct(event);
    if (!act || (!help.hidden && !["help", "leave"].includes(act))) return;
    event.preventDefault();
    event.stopPropagation();
    acts[act](event.key);
  });

  const clear = () => {
    together.close();
    cells.forEach((cell) => cell.close());
    [cells, current, solo, wiping] = [[], null, null, null];
  };
  function makeCell(facts, place) {
    const cell = createTakeCell(model, facts, {
      rate: (stars) => rate(cell, stars),
      solo: () => hear(cell),
      offset: (seconds) => shiftTake(cell, seconds),
      press: () => {
        cell.node.focus({ preventScroll: true });
        together.toggle();
      },
    });
    Object.assign(cell, { cast: facts.cast ?? [] });
    Object.assign(cell.member, { aspect: facts.aspect, offset: model.get("offsets")?.[place] ?? 0 });
    cell.setOffset(cell.member.offset);
    for (const event of ["loadeddata", "seeked"]) {
      cell.video.addEventListener(event, () => {
        together.arrived(cell.member);
        bar.draw();
      });
    }
    return cell;
  }
  return {
    node,
    /** Show these takes, or nothing where there are none. Those that are shown already are only told anew. */
    show(takes) {
      const same = takes.length === cells.length && takes.every(({ id }, place) => id === cells[place].id);
      if (same) {
        takes.forEach((facts, place) => cells[place].draw(facts));
        return ordering.draw(columns(), chosen("order"), chosen("only"), judged && !wiping ? cells.length : 0);
      }
      clear();
      grid.replaceChildren();
      cells = takes.map(makeCell);
      node.hidden = takes.length === 0;
      layout();
      if (close && takes.length) node.scrollIntoView({ block: "nearest" });
    },
    /** Tell those that are shown anew, out of all that there are. */
    refresh(takes) {
      for (const cell of cells) {
        const facts = takes.find(({ id }) => id === cell.id);
        if (facts) cell.draw(facts);
      }
    },
    /** Python's answers: the round, the offsets, the score, and what it says. */
    hearTrial() {
      const next = model.get("trial");
      const left = node.contains(document.activeElement) && !next.round !== !round;
      round = next.round ? next : null;
      wiping = round ? null : wiping;
      answered();
      layout();
      together.seek(0);
      if (left) node.focus({ preventScroll: true });
    },
    hearOffsets() {
      model.get("offsets").forEach((seconds, place) => {
        const cell = cells[place];
        if (!cell || cell.member.offset === seconds) return;
        together.setOffset(cell.member, seconds);
        cell.setOffset(seconds);
      });
    },
    drawTally: drawBallot,
    hearOrder: layout,
    hearSaid() {
      const { level, text } = { level: "ok", text: "", ...model.get("said") };
      answered();
      tell(level, text);
      if (level === "error") cells.forEach((cell) => cell.stars.draw(cell.rating));
    },
    close() {
      clearTimeout(silence);
      clear();
    },
  };
}

/** The view of a `CompareGrid`. Traits read: takes, references, trial, tally, columns, said; both ways: offsets, order, only. */
export function mountCompare({ model, el }) {
  const compare = createCompare(model, null);
  const root = h("section", { class: "sora sora-compare-view", "aria-label": "Side by side" }, compare.node);
  const deaf = [
    listen(model, ["takes"], () => compare.show(model.get("takes"))),
    listen(model, ["trial"], compare.hearTrial),
    listen(model, ["tally"], compare.drawTally),
    listen(model, ["order", "only"], compare.hearOrder),
    listen(model, ["offsets"], compare.hearOffsets),
    listen(model, ["said"], compare.hearSaid),
  ];
  el.append(root);
  const freeFocus = holdFocus(compare.node);
  compare.show(model.get("takes"));
  compare.hearTrial();
  compare.hearSaid();
  return () => {
    deaf.forEach((stop) => stop());
    compare.close();
    freeFocus();
    root.remove();
  };
}

export default { render: mountCompare };
