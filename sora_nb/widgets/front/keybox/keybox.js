import { h, icon, listen, mark, say } from "../shared/dom.js";

/**
 * One masked field. Traits read: service, has_key, said. None is written: what is typed leaves in one message
 * and is forgotten here.
 */
export function mountKeyBox({ model, el }) {
  const service = model.get("service");
  const field = h("input", {
    class: "sora-input",
    type: "password",
    "aria-label": `Key for ${service}`,
    // Browsers fill what is called off, and offer to keep what is called a password.
    autocomplete: "new-password",
    autocapitalize: "off",
    spellcheck: "false",
    onkeydown: (event) => event.key === "Enter" && send(),
  });
  const use = h("button", { type: "button", class: "sora-button sora-button-primary", onclick: send }, "Use this key");
  const forget = h("button", { type: "button", class: "sora-button", onclick: () => model.send({ kind: "forget" }) }, "Forget it");
  const state = h("p", { class: "sora-key-state", role: "status" });
  const root = h(
    "section",
    { class: "sora sora-keybox", "aria-label": `Key box for ${service}` },
    h("div", { class: "sora-key-row" }, icon("key"), h("span", { class: "sora-label" }, `Key for ${service}`), field, use, forget),
    state,
  );

  function send() {
    const key = field.value;
    field.value = "";
    if (key) model.send({ kind: "key", key });
  }
  function draw() {
    const [has, wrong] = [model.get("has_key"), model.get("said")];
    forget.hidden = !has;
    mark(field, "placeholder", has ? "Type another to replace it" : "Paste or type it");
    mark(field, "aria-invalid", Boolean(wrong));
    mark(state, "data-level", wrong ? "error" : null);
    say(state, wrong || (has ? "There is a key. It stays in the kernel and is not saved." : "No key yet. It is sent to the kernel and is not saved."));
  }

  const deaf = listen(model, ["has_key", "said"], draw);
  draw();
  el.append(root);
  return () => {
    deaf();
    field.value = "";
    root.remove();
  };
}

export default { render: mountKeyBox };
