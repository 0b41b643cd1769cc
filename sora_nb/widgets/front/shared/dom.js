const TAKES_FOCUS = new Set(["a", "button", "input", "select", "summary", "textarea", "video"]);

/**
 * One element. `on...` are listeners, the rest are attributes; null and false leave them out.
 * Strings become text, never markup.
 */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  // Jupyter listens before we do and would cut the cell on X; it looks only at the element in focus.
  if (TAKES_FOCUS.has(tag) || "tabindex" in attributes) node.setAttribute("data-lm-suppress-shortcuts", "true");
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

/**
 * Let Enter begin a new line in a text area; for the last listener of its keys. JupyterLab 4.6 forbids the line break
 * in every field of a cell, so it is put in here, in a way that can be undone.
 */
export function takesLines(area) {
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (document.execCommand("insertText", false, "\n")) return;
    area.setRangeText("\n", area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

/** Show *text*, writing only where it differs, so that screen readers and layout stay calm. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Set or remove an attribute, writing only where it differs. */
export function mark(node, name, value) {
  if (value === null || value === undefined || value === false) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, String(value));
}

const STROKES = {
  stepBack: "M4 3.5v9M12 4v8L6.5 8z",
  stepForward: "M12 3.5v9M4 4v8l5.5-4z",
  loop: "M4.5 5h6a2.5 2.5 0 0 1 2.5 2.5M11.5 11h-6A2.5 2.5 0 0 1 3 8.5M6.5 3l-2 2 2 2M9.5 13l2-2-2-2",
  between: "M4.5 3H3v10h1.5M11.5 3H13v10h-1.5M6.6 5.6v4.8L10.4 8z",
  sound: "M3 6.2v3.6h2.2L8.5 12.5v-9L5.2 6.2zM10.8 5.8a3 3 0 0 1 0 4.4M12.4 4.2a5.4 5.4 0 0 1 0 7.6",
  muted: "M3 6.2v3.6h2.2L8.5 12.5v-9L5.2 6.2zM11 6.3l3 3.4M14 6.3l-3 3.4",
  zoom: "M7 11.2a4.2 4.2 0 1 0 0-8.4 4.2 4.2 0 0 0 0 8.4zM10.2 10.2l3 3M5.2 7h3.6M7 5.2v3.6",
  fit: "M2.5 8h11M5 5.5L2.5 8 5 10.5M11 5.5L13.5 8 11 10.5",
  help: "M6 6.1a2.05 2.05 0 1 1 3 1.8c-.7.4-1 .8-1 1.6M8 11.6v.4",
  error: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 5v3.6M8 10.9v.2",
  warning: "M8 2.6l6 10.6H2zM8 6.6v3M8 11.3v.2",
  hint: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.4v3.6M8 5v.2",
  ok: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM5.4 8.2l1.8 1.8 3.4-3.8",
  film: "M2.5 3.5h11v9h-11zM5 3.5v9M11 3.5v9M2.5 6.5H5M2.5 9.5H5M11 6.5h2.5M11 9.5h2.5",
  person: "M8 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 0 0 8 8zM3 13.4c.5-2.4 2.5-3.8 5-3.8s4.5 1.4 5 3.8",
  key: "M5.2 13a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM7.2 8.2l5.6-5.6M10.4 5l2.2 2.2",
  close: "M4 4l8 8M12 4l-8 8",
  redo: "M13 6.5H6.8a3.3 3.3 0 0 0 0 6.6H10M10.4 3.6l2.8 2.9-2.8 2.9",
  plus: "M8 3.5v9M3.5 8h9",
  silent: "M3 6.2v3.6h2.2L8.5 12.5v-9L5.2 6.2zM2.5 14l11-12",
  undo: "M3 6.5h6.2a3.3 3.3 0 0 1 0 6.6H6M5.6 3.6L2.8 6.5l2.8 2.9",
  wipe: "M2.5 3.5h11v9h-11zM8 2v12M5.2 6.4L3.9 8l1.3 1.6M10.8 6.4L12.1 8l-1.3 1.6",
  hidden: "M2 8s2.2-4 6-4 6 4 6 4-2.2 4-6 4-6-4-6-4zM3.5 13l9-10",
  tick: "M3.6 8.4l2.8 2.8 6-6.4",
  descending: "M3 4.5h10M3 8h6.5M3 11.5h3.5",
  copy: "M5.5 5.5h7v7h-7zM10.5 5.5v-2h-7v7h2",
};

const FILLS = {
  play: "M4.8 3.2v9.6L12.6 8z",
  pause: "M4.2 3.2h2.6v9.6H4.2zM9.2 3.2h2.6v9.6H9.2z",
};

/** A 16-pixel drawing that screen readers pass over. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", name in FILLS ? "sora-icon sora-icon-solid" : "sora-icon");
  path.setAttribute("d", FILLS[name] ?? STROKES[name]);
  svg.append(path);
  return svg;
}

/** A square button with a drawing; *words* are its name and its tooltip. */
export function iconButton(name, words, onclick) {
  const button = h("button", { type: "button", class: "sora-button sora-button-icon", onclick }, icon(name));
  relabel(button, name, words);
  return button;
}

/** Give an icon button another drawing and other words. */
export function relabel(button, name, words) {
  if (button.dataset.icon !== name) button.replaceChildren(icon(name));
  button.dataset.icon = name;
  mark(button, "aria-label", words.replace(/ \(.*\)$/, ""));
  mark(button, "title", words);
}

/** Call *listener* when any of the traits changes, and return what stops it. */
export function listen(model, names, listener) {
  for (const name of names) model.on(`change:${name}`, listener);
  return () => names.forEach((name) => model.off(`change:${name}`, listener));
}

/**
 * Keep the keys in *root*, which takes the focus, when the element that has it is taken away, hidden or switched off.
 * It would fall to the page's body, and there D D deletes the cell. Returns what ends it.
 */
export function holdFocus(root) {
  let last = null;
  root.addEventListener("focusin", ({ target }) => (last = target));
  const there = (node) => node.isConnected && node.checkVisibility() && !node.disabled;
  // An element that is taken away lets go first, while it is there; one that a person leaves stays.
  root.addEventListener("focusout", ({ target }) => setTimeout(() => target === last && there(target) && target !== document.activeElement && (last = null)));
  const gone = () => {
    if (!last || there(last)) return;
    if (document.activeElement === document.body || document.activeElement === last) root.focus({ preventScroll: true });
    else last = null;
  };
  const watch = new MutationObserver(gone);
  watch.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ["hidden", "disabled"] });
  return () => watch.disconnect();
}

/** Run *work* once before the next picture of the page, however often it is asked for; `stop` leaves it. */
export function onFrame(work) {
  let asked = null;
  const run = () => {
    asked = null;
    work();
  };
  return Object.assign(() => (asked ??= requestAnimationFrame(run)), { stop: () => cancelAnimationFrame(asked) });
}

/** Run *work* at most once in *wait* milliseconds; `flush` runs what is waiting. */
export function throttle(wait, work) {
  let timer = null;
  let due = 0;
  const run = () => {
    clearTimeout(timer);
    timer = null;
    due = performance.now() + wait;
    work();
  };
  const call = () => {
    timer ??= setTimeout(run, Math.max(0, due - performance.now()));
  };
  return Object.assign(call, { flush: () => timer !== null && run(), stop: () => clearTimeout(timer) });
}
