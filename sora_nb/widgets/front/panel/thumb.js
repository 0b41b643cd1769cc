import { h, icon, mark } from "../shared/dom.js";
import { player, still } from "../shared/feed.js";

const REST = 180;

/**
 * A take's picture that plays, muted, while the pointer or the focus rests on it, and stands where people asked their
 * system for less motion. `on.open()` hears a click.
 */
export function createThumb(model, key, on) {
  const symbol = h("span", { class: "sora-take-thumb-symbol" }, icon("film"));
  const button = h("button", { type: "button", class: "sora-take-thumb", onclick: on.open }, symbol);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let picture = null;
  let moving = null;
  let resting = null;

  function play() {
    if (moving || !picture || calm.matches) return;
    moving = player(model, key, { label: "", controls: false });
    moving.node.className = "sora-take-thumb-moving";
    mark(moving.video, "aria-hidden", "true");
    mark(moving.video, "tabindex", "-1");
    moving.video.loop = true;
    moving.video.addEventListener("loadeddata", () => moving?.video.play().catch(() => {}), { once: true });
    moving.video.addEventListener("playing", () => mark(button, "data-moving", true), { once: true });
    button.append(moving.node);
  }
  function rest() {
    clearTimeout(resting);
    mark(button, "data-moving", null);
    moving?.close();
    moving?.node.remove();
    moving = null;
  }
  const soon = () => {
    clearTimeout(resting);
    resting = setTimeout(play, REST);
  };
  button.addEventListener("pointerenter", soon);
  button.addEventListener("focus", soon);
  button.addEventListener("pointerleave", () => document.activeElement !== button && rest());
  button.addEventListener("blur", rest);
  return {
    node: button,
    draw({ has_video: there, title, tone }) {
      mark(button, "aria-label", there ? `Play: ${title}` : title);
      button.disabled = !there;
      if (there && !picture) {
        picture = still(model, key, "");
        button.replaceChildren(picture.node, h("span", { class: "sora-take-thumb-play" }, icon("play")));
      } else if (!there) symbol.replaceChildren(icon(tone === "failed" ? "error" : "film"));
    },
    rest,
    close() {
      rest();
      picture?.close();
    },
  };
}
