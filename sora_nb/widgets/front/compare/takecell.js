import { h, iconButton, mark, relabel, say } from "../shared/dom.js";
import { player, still } from "../shared/feed.js";
import { createStars } from "../shared/stars.js";

const SIDES = { left: "Left take", right: "Right take" };

/**
 * One take of a comparison: its picture, its name, its stars and its offset.
 *
 * `on.rate(stars)`, `on.solo()`, `on.offset(seconds)`, `on.press()` for a click on the picture.
 */
export function createTakeCell(model, facts, on) {
  const show = player(model, `video:${facts.id}`, { label: facts.title, controls: false });
  const solo = iconButton("muted", "", on.solo);
  const face = h("div", { class: "sora-cell-face", hidden: true });
  const label = h("strong", { class: "sora-cell-label" });
  const details = h("span", { class: "sora-cell-details" });
  const stars = createStars("", on.rate);
  const offset = h("input", { type: "number", class: "sora-input sora-cell-seconds", step: 0.04, autocomplete: "off" });
  const shift = h("label", { class: "sora-cell-offset", hidden: true }, h("span", {}, "Offset"), offset, h("span", {}, "s"));
  const caption = h("figcaption", {}, label, details);
  const foot = h("div", { class: "sora-cell-foot" }, stars.node, shift);
  const node = h("figure", { class: "sora-compare-cell", role: "group", tabindex: 0 }, show.node, caption, foot);
  const member = { video: show.video, fps: facts.fps, offset: 0, wanted: null };
  let told = facts;
  let side = null;
  let drawn = null;
  solo.classList.add("sora-cell-solo");
  show.node.append(face, solo);
  show.video.addEventListener("click", on.press);
  offset.addEventListener("change", () => {
    const seconds = offset.valueAsNumber;
    if (Number.isFinite(seconds)) on.offset(seconds);
    else offset.value = String(member.offset);
  });

  const name = () => told.label || told.title;
  const called = () => (side ? SIDES[side] : name());
  function draw() {
    mark(node, "aria-label", called());
    mark(show.video, "aria-label", called());
    say(label, name());
    mark(label, "title", told.title);
    say(details, told.details.join(" · "));
    mark(stars.node, "aria-label", `Stars for ${name()}`);
    mark(offset, "aria-label", `Offset of ${name()} in seconds`);
    stars.draw(told.rating ?? null);
    caption.hidden = foot.hidden = Boolean(side);
    drawSolo();
  }
  function drawSolo() {
    const heard = !show.video.muted;
    relabel(solo, heard ? "sound" : "muted", heard ? "Mute this take (S)" : "Hear only this take (S)");
    mark(solo, "aria-pressed", String(heard));
  }

  draw();
  return {
    node,
    member,
    video: show.video,
    stars,
    get id() {
      return told.id;
    },
    get name() {
      return name();
    },
    get values() {
      return { ...told.values, rating: told.rating ?? null };
    },
    get rating() {
      return told.rating ?? null;
    },
    draw(next) {
      told = next;
      draw();
    },
    /** Where it stands: on a *side* without its name, or null for with it. */
    setSide(next) {
      side = next;
      draw();
    },
    setSound(heard) {
      show.video.muted = !heard;
      drawSolo();
    },
    setOffset(seconds) {
      if (document.activeElement !== offset) offset.value = String(seconds);
    },
    showOffset: (shown) => (shift.hidden = !shown),
    /** Lay the character's picture into the corner, or take it away with null. */
    showFace(person) {
      face.hidden = person === null;
      if (person === null || drawn?.id === person.id) return;
      drawn?.close();
      const picture = still(model, `character:${person.id}`, `Reference: ${person.name}`);
      drawn = { id: person.id, close: picture.close };
      face.replaceChildren(picture.node, h("span", { "aria-hidden": "true" }, person.name));
    },
    close() {
      drawn?.close();
      show.close();
    },
  };
}
