import { h, icon, mark, say } from "../shared/dom.js";

/**
 * What Generate makes and costs, take by take, and the person's word where it costs. `on.agree(agreed)` has that word,
 * `on.decline()` takes the question away.
 */
export function createPlan(on) {
  const words = h("p", { class: "sora-plan-words", role: "status" });
  const summary = h("summary", { class: "sora-plan-more" }, "Every take");
  const body = h("div", { class: "sora-plan-rows", role: "table", "aria-label": "The plan" });
  const details = h("details", { class: "sora-plan-details", hidden: true }, summary, body);
  const question = h("strong", {});
  const yes = h("button", { type: "button", class: "sora-button sora-button-primary", onclick: () => on.agree(told.asked) });
  const no = h("button", { type: "button", class: "sora-button", onclick: () => on.decline() }, "Not now");
  const ask = h("div", { class: "sora-agree", role: "group", "aria-label": "Agree to the price", hidden: true }, question, h("div", { class: "sora-group" }, no, yes));
  const node = h("div", { class: "sora-plan" }, words, details, ask);
  let told = {};

  const STATES = { new: "", there: "there already", refused: "refused" };
  function row({ words: place, price, state, why }) {
    const said = h("span", { role: "cell", class: "sora-plan-price" }, state === "new" ? price : STATES[state]);
    return h("div", { role: "row", class: "sora-plan-row", "data-state": state, title: why || null }, h("span", { role: "cell" }, place), said);
  }
  return {
    node,
    draw(plan) {
      const rows = JSON.stringify(plan.rows ?? []);
      if (body.dataset.told !== rows) {
        body.dataset.told = rows;
        body.replaceChildren(...(plan.rows ?? []).map(row));
      }
      told = plan;
      mark(node, "data-state", plan.state);
      words.replaceChildren(...(plan.state === "refused" ? [icon("error")] : []), h("span", {}, plan.words ?? ""));
      details.hidden = (plan.rows ?? []).length < 2;
      const asked = Boolean(plan.asked);
      if (asked && ask.hidden) queueMicrotask(() => yes.focus({ preventScroll: true }));
      ask.hidden = !asked;
      say(question, asked ? `Send ${plan.new === 1 ? "1 request" : `${plan.new} requests`} for ${plan.cost === null ? "a price that is not known" : `about ${plan.price}`}?` : "");
      say(yes, asked ? (plan.cost === null ? "Send" : `Send, ${plan.price}`) : "");
    },
    asking: () => !ask.hidden,
  };
}
