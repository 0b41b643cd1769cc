import { h, mark, say } from "../shared/dom.js";

const SVG_SPACE = "http://www.w3.org/2000/svg";
const QUALITY_TOP = 100;
const FACES = { 1: "one", 2: "several" };
const QUALITY_LEGEND = [
  ["sharpness", "Sharpness"], ["exposure", "Brightness"], ["motion", "Motion"],
  ["one", "One face"], ["several", "Several faces"], ["cut", "Cut"], ["fade", "Fade"],
];

function svgShape(tag, attributes) {
  const node = document.createElementNS(SVG_SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  return node;
}

/** Stretches of neighbours that are not null, as lists of [place, value]. */
function stretches(values) {
  const found = [];
  values.forEach((value, place) => {
    if (value === null) return;
    if (place === 0 || values[place - 1] === null) found.push([]);
    found.at(-1).push([place, value]);
  });
  return found;
}

/**
 * What a scan saw, behind the range: sharpness as a ground, brightness and motion as lines, faces as a band, cuts.
 *
 * Drawn in ms of the video, so that zooming is only another view box.
 */
export function createQuality(view) {
  const drawing = svgShape("svg", { class: "sora-quality", preserveAspectRatio: "none", role: "img" });
  const legend = h("ul", { class: "sora-legend", "aria-hidden": "true" });
  const cuts = h("div", { class: "sora-cuts", "aria-hidden": "true" });
  let told = null;

  function curve(values, kind) {
    const step = told.duration * 1000 / values.length;
    return stretches(values).map((part) => {
      const points = part.map(([place, value]) => `${((place + 0.5) * step).toFixed(0)},${(QUALITY_TOP - 4 - value * 0.78).toFixed(1)}`);
      const [first, last] = [part[0][0] * step, (part.at(-1)[0] + 1) * step];
      const line = [`${first.toFixed(0)},${points[0].split(",")[1]}`, ...points, `${last.toFixed(0)},${points.at(-1).split(",")[1]}`];
      const d = kind === "sharpness" ? `M${first.toFixed(0)},${QUALITY_TOP}L${line.join(" ")} ${last.toFixed(0)},${QUALITY_TOP}Z` : `M${line.join(" ")}`;
      return svgShape("path", { d, class: `sora-curve sora-curve-${kind}`, "vector-effect": "non-scaling-stroke" });
    });
  }
  function people(counts) {
    const step = (told.duration * 1000) / counts.length;
    const kinds = counts.map((count) => (count ? Math.min(count, 2) : null));
    return kinds.flatMap((kind, place) => {
      if (kind === null || kinds[place - 1] === kind) return [];
      let end = place + 1;
      while (kinds[end] === kind) end += 1;
      return [svgShape("rect", { x: place * step, y: 0, width: (end - place) * step, height: 9, class: `sora-faces-${FACES[kind]}` })];
    });
  }
  function legendOf() {
    const there = {
      sharpness: true, exposure: true, motion: true,
      one: told.faces?.some((count) => count === 1), several: told.faces?.some((count) => count > 1),
      cut: told.cuts.length, fade: told.fades.length,
    };
    return QUALITY_LEGEND.filter(([kind]) => there[kind]).map(([kind, words]) =>
      h("li", {}, h("span", { class: `sora-swatch sora-swatch-${kind}` }), kind === "one" && told.followed ? "The boxed one" : words));
  }

  return {
    node: drawing,
    legend,
    cuts,
    /** Take a track, or {} for none. */
    set(track) {
      told = track?.sharpness ? track : null;
      drawing.replaceChildren();
      legend.replaceChildren();
      cuts.replaceChildren();
      mark(drawing, "data-empty", !told);
      legend.hidden = !told;
      if (!told) return;
      drawing.append(
        ...told.fades.map(([start, end]) => svgShape("rect", { x: start * 1000, y: 0, width: (end - start) * 1000, height: QUALITY_TOP, class: "sora-fade" })),
        ...curve(told.sharpness, "sharpness"), ...curve(told.exposure, "exposure"), ...curve(told.motion, "motion"),
        ...(told.faces ? people(told.faces) : []),
      );
      cuts.append(...told.cuts.map((at) => h("i", { "data-at": at * 1000, title: `Cut at ${at} s` })));
      legend.append(...legendOf());
      mark(drawing, "aria-label", `What was seen: ${told.words}`);
    },
    draw() {
      if (!told) return;
      mark(drawing, "viewBox", `${view.start} 0 ${view.length} ${QUALITY_TOP}`);
      for (const line of cuts.children) {
        line.hidden = !view.shows(Number(line.dataset.at));
        line.style.left = `${view.share(Number(line.dataset.at))}%`;
      }
    },
  };
}
