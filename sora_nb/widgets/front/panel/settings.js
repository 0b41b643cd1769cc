import { h } from "../shared/dom.js";

/** Several values of one setting, each a switch; at least one is on. `value` is a list of texts. */
export function createChoices(label, values, chosen, words, changed) {
  const boxes = values.map((value) => h("input", { type: "checkbox", class: "sora-choice-box", value, checked: value === chosen }));
  const node = h("div", { class: "sora-choices", role: "group", "aria-label": label }, boxes.map((box) => h("label", { class: "sora-choice" }, box, h("span", {}, words(box.value)))));
  node.addEventListener("change", ({ target }) => {
    // None would be: nothing to make.
    if (!boxes.some(({ checked }) => checked)) target.checked = true;
    changed();
  });
  return {
    node,
    get value() {
      return boxes.filter(({ checked }) => checked).map((box) => box.value);
    },
    set value(wanted) {
      const known = values.filter((value) => wanted.includes(value));
      if (known.length) boxes.forEach((box) => (box.checked = known.includes(box.value)));
    },
  };
}

/** Several values of one setting, typed with commas between them. */
export function createList(label, chosen, changed) {
  const node = h("input", { class: "sora-input", "aria-label": label, value: chosen, autocomplete: "off", spellcheck: "false", oninput: changed });
  return {
    node,
    get value() {
      return node.value.split(",").map((one) => one.trim()).filter(Boolean);
    },
    set value(wanted) {
      node.value = wanted.join(", ");
    },
  };
}
