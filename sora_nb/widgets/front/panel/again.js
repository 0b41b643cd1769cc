import { h, mark, say } from "../shared/dom.js";

/**
 * The button that sends a take once more whose answer was lost. It may have been paid for, so it asks: the first press
 * says what that may cost, the second one sends, and whoever goes elsewhere has not agreed.
 */
export function createAgain(send) {
  let asked = false;
  let told = null;
  const node = h("button", { type: "button", class: "sora-button sora-button-small", hidden: true });
  const name = () => {
    const price = told.cost && told.cost !== "free" ? ` for ${told.cost}` : "";
    say(node, asked ? `Yes, send again${price}` : "Send again…");
    mark(node, "aria-label", asked ? `Yes, send again${price}: ${told.title}. It may be made twice.` : `Send again: ${told.title}`);
    mark(node, "data-asked", asked);
    mark(node, "title", "Its answer was lost: it may have been made, and paid for, already");
  };
  const ask = (now) => {
    asked = now;
    if (told) name();
  };
  node.addEventListener("click", () => {
    if (asked) send();
    ask(!asked);
  });
  node.addEventListener("blur", () => ask(false));
  return {
    node,
    draw(facts) {
      told = facts;
      node.hidden = !facts.resend;
      if (node.hidden) asked = false;
      name();
    },
  };
}
