import { openFeed } from "../shared/feed.js";
import { grabStrip } from "./grab.js";

const STRIP_FRAMES = 32;
const GRABBED_FRAMES = 16;
const AAC = 'audio/mp4; codecs="mp4a.40.2"';
const WIDE_SCREEN = 16 / 9;

/** Why there will be no sound, or "": some front ends (VS Code) play no AAC, and then a clip seems silent that is not. */
function silence(facts, video) {
  if (facts.sound === false) return "This video has no sound";
  const vscode = location.protocol === "vscode-webview:" || document.body.matches("[class*='vscode-']");
  if (facts.sound && (vscode || !video.canPlayType(AAC))) return "No sound here: this page does not play AAC. The file keeps its sound";
  return "";
}

/**
 * The video of the model as it arrives: its poster, its facts, its filmstrip, and what stands in its place meanwhile.
 *
 * `on.title(facts)`, `on.empty(none)`, `on.loaded(there)`. `silent` says why there is no sound, "" where there is.
 */
export function createReel({ model, stage, playback, timeline, state, empty, on }) {
  let feed = null;
  let told = {};
  let stills = false;
  let stop = null;
  let grabbed = null;

  function load() {
    close();
    stop = new AbortController();
    [told, stills] = [{}, false];
    playback.reset();
    timeline.clearStrip();
    stage.setFrame(null);
    stage.set("loading", "Opening the video");
    on.loaded(null);
    on.empty(null);
    feed = openFeed(model, "source", {
      facts: (facts) => {
        told = facts;
        on.title(facts);
        if (!facts.elsewhere) feed.wantStrip(STRIP_FRAMES);
      },
      poster: (address) => (stage.video.poster = address),
      strip: (address, count, from, to) => timeline.setStrip(address, count, (from ?? 0) * 1000, to === null || to === undefined ? state.duration : to * 1000),
      frame: (address) => stills && stage.setFrame(address),
      progress: (share) => stage.set("loading", `Loading ${Math.round(share * 100)} %`, { share }),
      ready: (address) => {
        stage.video.src = address;
        if (told.elsewhere) grab(address);
      },
      trouble,
    });
  }
  function trouble(kind, words) {
    on.empty(kind === "empty");
    stills = ["frames", "preparing"].includes(kind);
    if (kind === "empty") stage.set(kind, empty.words, { hint: empty.hint });
    else if (kind === "frames") stage.set(kind, words, { act: { words: "Make a preview", run: () => feed.wantPreview() } });
    else stage.set(kind, words);
    if (stills) feed.wantFrame(state.time / 1000);
  }
  async function grab(address) {
    const { signal } = stop;
    const strip = await grabStrip(address, GRABBED_FRAMES, signal);
    if (signal.aborted) return;
    grabbed = strip;
    if (strip) timeline.setStrip(strip, GRABBED_FRAMES, 0, state.duration);
    else timeline.setNote(`No filmstrip: ${told.words} does not let other pages read its pictures. Playing and choosing work as ever.`);
  }
  function close() {
    stop?.abort();
    feed?.close();
    URL.revokeObjectURL(grabbed);
    grabbed = null;
  }

  stage.video.addEventListener("loadeddata", () => {
    stills = false;
    stage.setFrame(null);
    stage.set("ready");
    on.loaded(true);
  });
  stage.video.addEventListener("error", () => {
    if (!stage.video.getAttribute("src") || feed.retry()) return;
    const where = told.elsewhere
      ? `${told.words} gave no video that this browser plays. The address may have expired, or its site may keep other pages out.`
      : "This browser cannot play the video.";
    stage.set("error", `${where} The range can still be typed.`);
  });

  return {
    load,
    close,
    /** A finer strip of what is shown. */
    closer: (from, to) => !told.elsewhere && feed?.wantStrip(STRIP_FRAMES, from / 1000, to / 1000),
    frameAt: (ms) => stills && feed.wantFrame(ms / 1000),
    get shape() {
      return told.shape || WIDE_SCREEN;
    },
    get silent() {
      return silence(told, stage.video);
    },
  };
}
