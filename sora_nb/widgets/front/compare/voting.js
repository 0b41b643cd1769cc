import { h, iconButton, mark, say } from "../shared/dom.js";

/** The bar of a blind round: which round it is, and the three answers. `on.vote(choice)`, `on.undo()`, `on.stop()`. */
export function createBallot(on) {
  const words = h("span", { class: "sora-ballot-words", role: "status" });
  const fill = h("span", { class: "sora-bar-fill" });
  const answer = (choice, text, key) =>
    h("button", { type: "button", class: "sora-button", "data-choice": choice, onclick: () => on.vote(choice) }, text, h("kbd", { "aria-hidden": "true" }, key));
  const answers = [answer("left", "Left is better", "1"), answer("same", "No difference", "0"), answer("right", "Right is better", "2")];
  const undo = iconButton("undo", "Take the last vote back (U)", on.undo);
  const stop = h("button", { type: "button", class: "sora-button", onclick: on.stop }, "End");
  const head = h("div", { class: "sora-ballot-head", hidden: true }, h("strong", {}, "Which take is better?"), words, h("span", { class: "sora-bar", "aria-hidden": "true" }, fill), undo, stop);
  const foot = h("div", { class: "sora-ballot", role: "group", "aria-label": "Your vote", hidden: true }, answers);
  return {
    head,
    foot,
    undo,
    draw(trial, busy) {
      const { round, rounds } = trial ?? {};
      head.hidden = foot.hidden = !round;
      if (!round) return;
      say(words, `Round ${round} of ${rounds}`);
      fill.style.width = `${((round - 1) / rounds) * 100}%`;
      undo.disabled = busy || round === 1;
      answers.forEach((button) => mark(button, "aria-disabled", busy ? "true" : null));
    },
  };
}

const per100 = (share) => `${Math.round(share * 100)} %`;

/** What the votes add up to: for each take its share of wins, and the interval around it. */
export function createTally() {
  const body = h("tbody");
  const heads = ["Take", "Share of wins", "Wins", "Losses", "No difference"];
  const note = "The line is where the true share lies, 95 times in 100 (Wilson). Votes for no difference are left out of it.";
  const node = h(
    "section",
    { class: "sora-tally", "aria-label": "Blind votes", hidden: true },
    h("h3", {}, "Blind votes"),
    h("table", {}, h("thead", {}, h("tr", {}, heads.map((words) => h("th", { scope: "col" }, words)))), body),
    h("p", {}, note),
  );
  return {
    node,
    draw(rows) {
      node.hidden = !rows.some(({ wins, same }) => wins + same > 0);
      body.replaceChildren(
        ...rows.map(({ label, wins, losses, same, share, low, high }) =>
          h("tr", {}, h("th", { scope: "row", title: label }, h("span", {}, label)), h("td", {}, range(share, low, high)), [wins, losses, same].map((many) => h("td", { class: "sora-number" }, String(many)))),
        ),
      );
    },
  };
}

function range(share, low, high) {
  if (share === null) return h("span", { class: "sora-soft" }, "no votes yet");
  const line = h("span", { class: "sora-interval-line" });
  const dot = h("span", { class: "sora-interval-dot" });
  line.style.insetInlineStart = `${low * 100}%`;
  line.style.width = `${(high - low) * 100}%`;
  dot.style.insetInlineStart = `${share * 100}%`;
  const words = `${per100(share)}, likely ${per100(low)} to ${per100(high)}`;
  return h("span", { class: "sora-interval", title: words }, h("span", { class: "sora-interval-track", "aria-hidden": "true" }, line, dot), h("span", {}, per100(share)), h("span", { class: "sora-unseen" }, words));
}
