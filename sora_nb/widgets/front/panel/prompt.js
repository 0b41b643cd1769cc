import { h, icon, mark, say } from "../shared/dom.js";
import { still } from "../shared/feed.js";

const MOST_OFFERED = 8;

/**
 * A prompt box that offers the characters as soon as an `@` is typed, and says below what is wrong with the words.
 *
 * The list follows WAI-ARIA's pattern for a text box with a list: the caret stays in the text, arrows choose, Enter or
 * Tab takes, Escape closes. `field` is the text area; `changed()` is called where this module changes its text.
 */
export function createPrompt(model, field, changed) {
  const id = `sora-${Math.random().toString(36).slice(2)}`;
  const list = h("ul", { class: "sora-offers", role: "listbox", id, "aria-label": "Characters", hidden: true });
  const spoken = h("span", { class: "sora-unseen", role: "status" });
  const remarks = h("ul", { class: "sora-lint", id: `${id}-lint`, "aria-label": "About the prompt", hidden: true });
  const alarm = h("span", { class: "sora-unseen", role: "status" });
  const node = h("div", { class: "sora-prompt" }, field, list, spoken);
  const faces = new Map();
  let offered = [];
  let at = -1;
  let telling = null;

  mark(field, "aria-autocomplete", "list");
  mark(field, "aria-haspopup", "listbox");
  mark(field, "aria-controls", id);
  mark(field, "aria-describedby", `${id}-lint`);

  const cast = () => model.get("cast").filter(({ tone }) => tone !== "failed");
  const handleOf = (facts) => facts.details[0].slice(1);
  /** What is typed behind an `@` up to the caret, or null. */
  function typed() {
    if (field.selectionStart !== field.selectionEnd) return null;
    return /(?:^|[^\w@.])@([\p{L}\p{N}_.-]*)$/u.exec(field.value.slice(0, field.selectionStart))?.[1].toLowerCase() ?? null;
  }
  function offer() {
    const wanted = typed();
    const fits = (facts) => handleOf(facts).includes(wanted) || facts.title.toLowerCase().includes(wanted);
    const found = wanted === null ? [] : cast().filter(fits).slice(0, MOST_OFFERED);
    const whole = found.length === 1 && handleOf(found[0]) === wanted;
    offered = whole ? [] : found;
    at = offered.length ? 0 : -1;
    list.replaceChildren(...offered.map(option));
    list.hidden = !offered.length;
    say(spoken, offered.length ? `${offered.length} ${offered.length === 1 ? "character" : "characters"}. Arrows choose, Enter takes.` : "");
    point();
  }
  function option(facts, place) {
    if (facts.has_video && !faces.has(facts.id)) faces.set(facts.id, still(model, `character:${facts.id}`, ""));
    const face = h("span", { class: "sora-face" }, icon("person"), faces.get(facts.id)?.node);
    const text = h("span", { class: "sora-offer-text" }, h("strong", {}, facts.title), h("span", { class: "sora-soft" }, facts.details[0]));
    const row = h("li", { class: "sora-offer", role: "option", id: `${id}-${place}` }, face, text);
    row.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      at = place;
      take();
    });
    return row;
  }
  function point() {
    [...list.children].forEach((row, place) => mark(row, "aria-selected", String(place === at)));
    mark(field, "aria-activedescendant", at < 0 ? null : `${id}-${at}`);
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }
  function shut() {
    offered = [];
    at = -1;
    list.hidden = true;
    say(spoken, "");
    point();
  }
  function take() {
    const caret = field.selectionStart;
    const handle = handleOf(offered[at]);
    const after = /^[\s.,;:!?]/.test(field.value.slice(caret)) ? "" : " ";
    field.setRangeText(handle + after, caret - typed().length, caret, "end");
    shut();
    say(spoken, `@${handle}`);
    changed();
  }
  field.addEventListener("input", offer);
  field.addEventListener("click", offer);
  field.addEventListener("blur", shut);
  field.addEventListener("keydown", (event) => {
    if (!offered.length || event.ctrlKey || event.metaKey || event.altKey) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) at = (at + by + offered.length) % offered.length;
    else if (event.key === "Escape") shut();
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) take();
    else return;
    event.preventDefault();
    event.stopPropagation();
    point();
  });

  function mend([wrong, right]) {
    field.value = field.value.replaceAll(new RegExp(`${wrong.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w-])`, "g"), () => right);
    changed();
    field.focus();
  }
  function remark({ level, message, fix, fix_text: words }) {
    const button = fix && h("button", { type: "button", class: "sora-button sora-button-small", onclick: () => mend(fix) }, words);
    return h("li", { "data-level": level }, icon(level), h("span", {}, message), button);
  }
  return {
    node,
    remarks: h("div", {}, remarks, alarm),
    /** Put a mention where the caret is. */
    insert(handle) {
      const [from, to] = [field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length];
      const [before, after] = [field.value.slice(0, from), field.value.slice(to)];
      field.setRangeText(`${/\S$/.test(before) ? " " : ""}${handle}${/^\s/.test(after) ? "" : " "}`, from, to, "end");
      field.focus();
      shut();
      changed();
    },
    /** Show what Python says of the words. */
    lint(findings) {
      const told = JSON.stringify(findings);
      if (remarks.dataset.told === told) return;
      remarks.dataset.told = told;
      remarks.replaceChildren(...findings.map(remark));
      remarks.hidden = !findings.length;
      mark(field, "aria-invalid", findings.some(({ level }) => level === "error") ? "true" : null);
      // Spoken once the hands have come to rest.
      clearTimeout(telling);
      telling = setTimeout(() => say(alarm, findings.map(({ message }) => message).join(" ")), 700);
    },
    close() {
      clearTimeout(telling);
      faces.forEach((face) => face.close());
    },
  };
}
