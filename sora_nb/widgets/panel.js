import { h, iconButton, listen, mark, relabel, say, throttle } from "./dom.js";
import { createCast } from "./cast.js";
import { mountPicker } from "./picker.js";
import { createTakes } from "./takes.js";

const FIRST_STEP = { words: "No video yet. Load one above, or generate one below and use it as the source.", hint: "" };

/**
 * The whole studio. Traits read: those of the picker, service, cast, takes, said, plan.
 * Trait written: draft. Every button sends a message; Python does the work and says how it went.
 */
export function mountPanel({ model, el }) {
  const service = model.get("service");
  const kept = model.get("draft");
  const fields = {
    source: h("input", { class: "sora-input", placeholder: "Address, task id or path of a video", "aria-label": "Source", autocomplete: "off", spellcheck: "false" }),
    name: h("input", { class: "sora-input", placeholder: "Ada", autocomplete: "off", maxlength: 80 }),
    description: h("input", { class: "sora-input", placeholder: "Curly brown hair, glasses, blue sweater", autocomplete: "off" }),
    prompt: h("textarea", { class: "sora-input", rows: 2, placeholder: "@ada walks through {scene}" }),
    scenes: h("textarea", { class: "sora-input", rows: 3, placeholder: "a cozy coffee shop\na beach at sunset" }),
    seconds: service.seconds.length
      ? choice(service.seconds, service.default_seconds, (value) => `${value} s`)
      : h("input", { class: "sora-input", type: "number", min: service.seconds_range[0], max: service.seconds_range[1], step: "any", value: service.default_seconds }),
    size: service.sizes.length ? choice(service.sizes, service.default_size, (value) => value) : h("input", { class: "sora-input", value: service.default_size }),
    takes: h("input", { class: "sora-input", type: "number", min: 1, max: 20, value: 1 }),
  };
  for (const [name, value] of Object.entries(kept)) if (fields[name]) fields[name].value = value;

  function choice(values, chosen, words) {
    return h("select", { class: "sora-input" }, values.map((value) => h("option", { value, selected: value === chosen }, words(value))));
  }
  function labelled(words, field, { note = "", beside = null } = {}) {
    field.id = `sora-${Math.random().toString(36).slice(2)}`;
    const label = h("label", { class: "sora-label", for: field.id }, words, note && h("span", { class: "sora-optional" }, note));
    return h("div", { class: "sora-labelled" }, h("div", { class: "sora-label-row" }, label, beside), field);
  }
  const primary = (words, onclick) => h("button", { type: "button", class: "sora-button sora-button-primary", onclick }, words);

  const values = (...names) => Object.fromEntries(names.map((name) => [name, fields[name].value]));
  const buttons = {
    load: h("button", { type: "button", class: "sora-button", onclick: () => ask("load", values("source")) }, "Load"),
    create: primary("Create character", () => ask("create", values("name", "description"))),
    generate: primary("Generate", () => ask("generate", values("prompt", "scenes", "seconds", "size", "takes"))),
  };
  function ask(what, content) {
    keepDraft.flush();
    mark(buttons[what], "aria-busy", "true");
    Object.values(buttons).forEach((button) => (button.disabled = true));
    status({ level: "busy", text: { load: "Opening the video", create: "Creating the character", generate: "Asking for the videos" }[what], code: "" });
    model.send({ kind: `panel:${what}`, ...content });
  }

  const known = h("select", { class: "sora-input sora-known", "aria-label": "Your videos" });
  known.addEventListener("change", () => {
    if (!known.value) return;
    fields.source.value = known.value;
    ask("load", { source: known.value });
  });
  fields.source.addEventListener("keydown", (event) => event.key === "Enter" && buttons.load.click());
  fields.name.addEventListener("keydown", (event) => event.key === "Enter" && buttons.create.click());

  const mentions = h("div", { class: "sora-mentions", role: "group", "aria-label": "Put a character into the prompt" });
  const cast = createCast(model, { mention });
  const takes = createTakes(model, {
    use: (id) => {
      ask("load", { source: id });
      pickerPlace.scrollIntoView({ block: "nearest" });
    },
  });
  function mention(handle) {
    const { prompt } = fields;
    const at = prompt.selectionStart ?? prompt.value.length;
    const [before, after] = [prompt.value.slice(0, at), prompt.value.slice(prompt.selectionEnd ?? at)];
    const text = `${/\S$/.test(before) ? " " : ""}${handle}${/^\s/.test(after) ? "" : " "}`;
    prompt.setRangeText(text, at, prompt.selectionEnd ?? at, "end");
    prompt.focus();
    keepDraft();
  }

  const plan = h("span", { class: "sora-plan", role: "status" });
  const pickerPlace = h("div", { class: "sora-picker-place" });
  const line = { text: h("span", { class: "sora-said-text" }), code: h("code", { class: "sora-said-code", tabindex: 0 }), copy: iconButton("copy", "Copy the line of Python", copy) };
  const said = h("footer", { class: "sora-said", role: "status" }, line.text, line.code, line.copy);
  const title = h("h3", { class: "sora-panel-title" }, "Studio");
  const root = h(
    "section",
    { class: "sora sora-panel", "aria-label": "Studio" },
    h(
      "header",
      { class: "sora-panel-head" },
      title,
      h("span", { class: "sora-soft" }, service.name),
      service.simulated ? h("span", { class: "sora-chip", "data-tone": "simulated", title: "Videos are drawn on this machine, not generated by a model" }, "simulated") : null,
      service.by_reference ? h("span", { class: "sora-chip", title: "It makes no characters: a picture, a clip or the description goes with each video" }, "characters by reference") : null,
      h("span", { class: "sora-key sora-soft" }, service.key),
    ),
    h(
      "section",
      { class: "sora-part", "aria-label": "Source" },
      h("header", { class: "sora-part-head" }, h("h3", {}, "Source")),
      h("div", { class: "sora-source" }, fields.source, buttons.load, known),
      pickerPlace,
    ),
    h(
      "div",
      { class: "sora-columns" },
      h(
        "section",
        { class: "sora-part", "aria-label": "Character" },
        h("header", { class: "sora-part-head" }, h("h3", {}, "Character")),
        h("div", { class: "sora-form" }, labelled("Name", fields.name), labelled("Description", fields.description, { note: "optional" })),
        h("div", { class: "sora-actions" }, h("span", { class: "sora-plan" }, "From the range that is chosen above"), buttons.create),
        cast.node,
      ),
      h(
        "section",
        { class: "sora-part", "aria-label": "Scenes" },
        h("header", { class: "sora-part-head" }, h("h3", {}, "Scenes")),
        labelled("Prompt", fields.prompt, { beside: mentions }),
        labelled("Scenes", fields.scenes, { note: "one on each line, optional" }),
        h("div", { class: "sora-settings" }, labelled("Seconds", fields.seconds), labelled("Size", fields.size), labelled("Takes", fields.takes)),
        h("div", { class: "sora-actions" }, plan, buttons.generate),
      ),
    ),
    takes.node,
    said,
  );

  function status({ level, text, code }) {
    mark(said, "data-level", level);
    mark(said, "role", level === "error" ? "alert" : "status");
    said.hidden = !text;
    say(line.text, text);
    say(line.code, code);
    line.code.hidden = line.copy.hidden = !code;
    relabel(line.copy, "copy", "Copy the line of Python");
  }
  function copy() {
    navigator.clipboard?.writeText(line.code.textContent).then(() => relabel(line.copy, "ok", "Copied"), () => getSelection().selectAllChildren(line.code));
  }
  function drawSaid() {
    Object.values(buttons).forEach((button) => {
      button.disabled = false;
      mark(button, "aria-busy", null);
    });
    status({ level: "ok", text: "", code: "", ...model.get("said") });
  }
  function drawCast() {
    cast.draw();
    const able = model.get("cast").filter((facts) => facts.tone !== "failed");
    mentions.replaceChildren(
      ...able.map(({ details: [handle] }) => h("button", { type: "button", class: "sora-mention", onclick: () => mention(handle) }, handle)),
    );
  }
  function drawTakes() {
    takes.draw();
    const done = model.get("takes").filter((facts) => facts.has_video);
    known.replaceChildren(
      h("option", { value: "" }, done.length || service.sample ? "Your videos" : "No videos yet"),
      service.sample ? h("option", { value: service.sample }, "A sample clip") : "",
      ...done.map((facts) => h("option", { value: facts.id }, facts.title.slice(0, 60))),
    );
    known.disabled = done.length === 0 && !service.sample;
  }
  const drawPlan = () => say(plan, model.get("plan"));
  const keepDraft = throttle(300, () => {
    model.set("draft", values("name", "description", "prompt", "scenes", "seconds", "size", "takes"));
    model.save_changes();
  });

  root.addEventListener("input", keepDraft);
  const deaf = [
    listen(model, ["said"], drawSaid),
    listen(model, ["cast"], drawCast),
    listen(model, ["takes"], drawTakes),
    listen(model, ["plan"], drawPlan),
  ];
  el.append(root);
  const closePicker = mountPicker({ model, el: pickerPlace, empty: FIRST_STEP });
  drawSaid();
  drawCast();
  drawTakes();
  drawPlan();
  return () => {
    deaf.forEach((stop) => stop());
    keepDraft.stop();
    closePicker();
    [cast, takes].forEach((part) => part.close());
    root.remove();
  };
}

export default { render: mountPanel };
