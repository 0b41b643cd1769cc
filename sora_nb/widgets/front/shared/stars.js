import { h, mark } from "./dom.js";

const MANY = 5;
const SPACE = "http://www.w3.org/2000/svg";

/**
 * One to five stars for a take, as a group of radio buttons. `on(stars)` hears a choice; the one that is
 * there already, chosen again, takes it back and is told as null.
 */
export function createStars(words, on) {
  const name = `sora-stars-${Math.random().toString(36).slice(2)}`;
  const boxes = [...Array(MANY).keys()].map((place) =>
    h("input", { type: "radio", class: "sora-star-box", name, value: place + 1, "aria-label": place ? `${place + 1} stars` : "1 star" }),
  );
  const stars = boxes.map((box) => h("label", { class: "sora-star", title: box.getAttribute("aria-label") }, box, star()));
  const node = h("div", { class: "sora-stars", role: "radiogroup", "aria-label": words }, stars);
  let shown = null;

  function draw(rating) {
    shown = rating;
    const lit = Math.round(rating ?? 0);
    boxes.forEach((box, place) => {
      box.checked = place + 1 === lit;
      mark(stars[place], "data-lit", place < lit);
    });
  }
  boxes.forEach((box, place) => {
    box.addEventListener("change", () => on(place + 1));
    box.addEventListener("click", () => {
      if (shown === place + 1) on(null);
    });
  });
  return { node, draw };
}

function star() {
  const svg = document.createElementNS(SPACE, "svg");
  const path = document.createElementNS(SPACE, "path");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "sora-icon");
  path.setAttribute("d", "M8 1.9l1.9 3.9 4.2.6-3 3 .7 4.2L8 11.6l-3.8 2 .7-4.2-3-3 4.2-.6z");
  svg.append(path);
  return svg;
}
