/** Times here are whole milliseconds, as in Python: 4.4 - 1.4 is not 3 in floats. */
export const toMs = (seconds) => Math.round(seconds * 1000);

export const clamp = (value, least, most) => Math.max(least, Math.min(value, most));

/** The start of the frame that is shown at *ms*. */
export const frameStart = (ms, fps) => Math.round((Math.floor((ms * fps) / 1000 + 0.04) * 1000) / fps);

/** The frame boundary nearest to *ms*. */
export const nearestFrame = (ms, fps) => Math.round((Math.round((ms * fps) / 1000) * 1000) / fps);

/** The number of the frame that begins nearest to *ms*. */
export const frameNumber = (ms, fps) => Math.round((ms * fps) / 1000);

/** `65250` as `01:05.250`; hours only where there are any. */
export function clockText(ms) {
  const sign = ms < 0 ? "-" : "";
  const whole = Math.abs(Math.round(ms));
  const pad = (value, width = 2) => String(value).padStart(width, "0");
  const hours = Math.floor(whole / 3_600_000);
  const minutes = Math.floor(whole / 60_000) % 60;
  const rest = `${pad(minutes)}:${pad(Math.floor(whole / 1000) % 60)}.${pad(whole % 1000, 3)}`;
  return sign + (hours ? `${hours}:${rest}` : rest);
}

/** Seconds without needless zeros: `3`, `3.25`. */
export const secondsText = (ms) => String(Math.round(ms) / 1000);

/** A moment in the unit that was chosen: `01:05.250`, `65.250 s`, or `1631f`. */
export function unitText(ms, { unit, fps }) {
  if (unit === "frames") return `${frameNumber(ms, fps)}f`;
  return unit === "seconds" ? `${(Math.round(ms) / 1000).toFixed(3)} s` : clockText(ms);
}

/** A tick's label: `4`, `0.5`, `1:30`, `1:02:00`; in frames `100f`. */
export function tickText(ms, { unit = "clock", fps = 1 } = {}) {
  if (unit === "frames") return `${frameNumber(ms, fps)}f`;
  if (ms < 60_000 || unit === "seconds") return secondsText(ms);
  return clockText(ms).replace(/\.000$/, "").replace(/^0(\d)/, "$1");
}

/**
 * What a person typed, in milliseconds: `5`, `5.25 s`, `1:05.25`, `1:00:00`, `150f`. Where frames are shown, a bare
 * whole number is a frame. Null where it is no time.
 */
export function readTime(text, { unit = "clock", fps = null } = {}) {
  const frames = /^\s*(\d+)\s*(f|fr|frames?)?\s*$/i.exec(text);
  if (frames && fps && (frames[2] || unit === "frames")) return Math.round((Number(frames[1]) * 1000) / fps);
  const parts = text.trim().replace(",", ".").replace(/\s*s$/, "").split(":");
  if (parts.length > 3 || !parts.every((part, i) => (i === parts.length - 1 ? /^\d*\.?\d+$|^\d+\.$/ : /^\d+$/).test(part))) {
    return null;
  }
  return toMs(parts.reduce((sum, part) => sum * 60 + Number(part), 0));
}
