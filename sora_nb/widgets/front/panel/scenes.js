import { h, takesLines } from "../shared/dom.js";
import { createPlan } from "./plan.js";
import { createPrompt } from "./prompt.js";
import { createChoices, createList } from "./settings.js";

const BRACED = /\{([A-Za-z_]\w*)\}/g;
const EXAMPLES = { scene: "a cozy coffee shop\na beach at sunset" };

/** A field with its label above it, and what may stand beside the label. */
export function labelled(words, field, { note = "", beside = null } = {}) {
  field.id = `sora-${Math.random().toString(36).slice(2)}`;
  const label = h("label", { class: "sora-label", for: field.id }, words, note && h("span", { class: "sora-optional" }, note));
  return h("div", { class: "sora-labelled" }, h("div", { class: "sora-label-row" }, label, beside), field);
}

/**
 * The prompt, the words and settings that it is tried with, and the plan of it. `changed()` is told of every change,
 * `go(agreed)` is asked to generate; `value` is the draft of it.
 */
export function createScenes(model, { changed, go, decline }) {
  const service = model.get("service");
  const field = h("textarea", { class: "sora-input", rows: 2, placeholder: "@ada walks through {scene}", spellcheck: "true" });
  const prompt = createPrompt(model, field, () => edited());
  const mentions = h("div", { class: "sora-mentions", role: "group", "aria-label": "Put a character into the prompt" });
  const words = h("div", { class: "sora-words" });
  const boxes = new Map();
  const plan = createPlan({ agree: (asked) => go(asked), decline });
  const button = h("button", { type: "button", class: "sora-button sora-button-primary sora-generate", onclick: () => go(null) }, "Generate");

  const seconds = service.seconds.length
    ? createChoices("Seconds", service.seconds, service.default_seconds, (value) => `${value} s`, edited)
    : createList("Seconds", service.default_seconds, edited);
  const sizes = service.sizes.length ? createChoices("Size", service.sizes, service.default_size, (value) => value.replace("x", "×"), edited) : createList("Size", service.default_size, edited);
  const models = service.models.length > 1 ? createChoices("Model", service.models, service.models[0], (value) => value, edited) : null;
  const takes = h("input", { class: "sora-input", type: "number", min: 1, max: 20, value: 1, oninput: edited });
  const setting = (name, choices) => h("div", { class: "sora-labelled" }, h("div", { class: "sora-label-row" }, h("span", { class: "sora-label", "aria-hidden": "true" }, name)), choices.node);
  const settings = h("div", { class: "sora-settings" }, setting("Seconds", seconds), setting("Size", sizes), models && setting("Model", models), labelled("Takes of each", takes));

  function wordBox(name) {
    const box = h("textarea", { class: "sora-input", rows: name === "scene" ? 3 : 2, placeholder: EXAMPLES[name] ?? "one\nanother", oninput: edited });
    takesLines(box);
    const title = name === "scene" ? "Scenes" : name.replaceAll("_", " ");
    return { box, node: labelled(title[0].toUpperCase() + title.slice(1), box, { note: name === "scene" ? "one on each line, optional" : `one on each line, for {${name}}` }) };
  }
  /** A box for each `{name}` of the prompt; what was typed into one outlives its name. */
  function layBoxes() {
    const names = [...new Set(["scene", ...[...field.value.matchAll(BRACED)].map(([, name]) => name)])];
    for (const name of names) if (!boxes.has(name)) boxes.set(name, wordBox(name));
    const nodes = names.map((name) => boxes.get(name).node);
    if (nodes.length !== words.children.length || nodes.some((node, place) => words.children[place] !== node)) words.replaceChildren(...nodes);
    return names;
  }
  function edited() {
    layBoxes();
    changed();
  }
  field.addEventListener("input", layBoxes);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    go(null);
  });
  takesLines(field);
  const promptRow = labelled("Prompt", field, { beside: mentions });
  promptRow.append(prompt.node, prompt.remarks);
  layBoxes();

  return {
    content: [promptRow, words, settings, h("div", { class: "sora-plan-box" }, plan.node, button)],
    button,
    mention: prompt.insert,
    get value() {
      const named = Object.fromEntries(layBoxes().map((name) => [name, boxes.get(name).box.value]));
      return { prompt: field.value, words: named, seconds: seconds.value, sizes: sizes.value, models: models?.value ?? [], takes: takes.value };
    },
    set value(draft) {
      field.value = draft.prompt ?? "";
      for (const [name, text] of Object.entries(draft.words ?? {})) {
        if (!boxes.has(name)) boxes.set(name, wordBox(name));
        boxes.get(name).box.value = text;
      }
      if (draft.seconds?.length) seconds.value = draft.seconds;
      if (draft.sizes?.length) sizes.value = draft.sizes;
      if (draft.models?.length && models) models.value = draft.models;
      if (draft.takes) takes.value = draft.takes;
      layBoxes();
    },
    drawCast() {
      const able = model.get("cast").filter(({ tone }) => tone !== "failed");
      mentions.replaceChildren(...able.map(({ details: [handle] }) => h("button", { type: "button", class: "sora-mention", onclick: () => prompt.insert(handle) }, handle)));
    },
    drawPlan() {
      const told = model.get("plan");
      plan.draw(told);
      prompt.lint(told.findings ?? []);
      const many = told.state === "ready" ? told.new : 0;
      button.textContent = many > 1 ? `Generate ${many}` : "Generate";
      button.hidden = plan.asking();
    },
    close: prompt.close,
  };
}
