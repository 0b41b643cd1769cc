import { h } from "./dom.js";

const PATIENCE = 6000;

/**
 * Bring the video that the kernel knows as *key* to this page.
 *
 * `on.facts(facts)` what it is, `on.poster(address)`, `on.ready(address)`, `on.progress(share)`,
 * `on.strip(address, count, from, to)` a filmstrip of those seconds, `on.frame(address)` one frame,
 * `on.trouble(state, words)` where state is empty, waiting, preparing, error, or frames: too much to be sent whole.
 */
export function openFeed(model, key, on) {
  const view = Math.random().toString(36).slice(2);
  const stop = new AbortController();
  const addresses = [];
  const replies = new Map();
  let facts = null;
  let streamed = false;
  let asked = false;
  let wish = null;
  let framed = null;

  const ask = (kind, more = {}) => model.send({ kind, key, view, ...more });
  const local = (bytes, type) => {
    addresses.push(URL.createObjectURL(new Blob(Array.isArray(bytes) ? bytes : [bytes], { type })));
    return addresses.at(-1);
  };
  const showFrame = (bytes) => {
    URL.revokeObjectURL(framed);
    framed = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
    on.frame?.(framed);
    asked = wish !== null;
    if (asked) ask("feed:frame", { at: wish });
    wish = null;
  };
  const silence = setTimeout(
    () => on.trouble("waiting", "Waiting for the kernel. If it is not running, run this cell again."),
    PATIENCE,
  );

  const hear = async (message, buffers) => {
    if (message?.view !== view) return;
    clearTimeout(silence);
    if (message.kind === "feed:facts") on.facts?.(message);
    else if (message.kind === "feed:poster") on.poster(local(buffers[0], "image/jpeg"));
    else if (message.kind === "feed:strip") on.strip?.(local(buffers[0], "image/jpeg"), message.count, message.from, message.to);
    else if (message.kind === "feed:frame") showFrame(buffers[0]);
    else if (message.kind === "feed:chunk") replies.get(message.offset)?.(buffers[0]);
    else if (message.kind === "feed:trouble") on.trouble(message.state, message.words);
    else if (message.kind === "feed:ready") {
      facts = message;
      const address = facts.url ?? (await throughServer(facts, stop.signal));
      if (stop.signal.aborted) return;
      streamed = !facts.url && address !== null;
      if (address) on.ready(address);
      else await throughMessages();
    }
  };

  const throughMessages = async () => {
    if (facts.bytes > facts.most) return ask("feed:smaller");
    const parts = [];
    for (let offset = 0; offset < facts.bytes; offset += parts.at(-1).byteLength) {
      const arrival = new Promise((resolve) => replies.set(offset, resolve));
      ask("feed:chunk", { offset });
      parts.push(await arrival);
      replies.delete(offset);
      if (stop.signal.aborted) return;
      on.progress?.(Math.min(1, (offset + parts.at(-1).byteLength) / facts.bytes));
    }
    on.ready(local(parts, facts.type));
  };

  model.on("msg:custom", hear);
  ask("feed:open");
  return {
    /** The player could not use the address: try the slower way once. True where there is one. */
    retry() {
      if (!streamed) return false;
      streamed = false;
      throughMessages();
      return true;
    },
    wantStrip: (count, from = null, to = null) => ask("feed:strip", { count, from, to }),
    /** One frame of the video, in seconds. Asked for faster than they come, only the newest wish is kept. */
    wantFrame(at) {
      if (asked) wish = at;
      else ask("feed:frame", { at });
      asked = true;
    },
    /** A video that plays here, however long it takes to make. */
    wantPreview: () => ask("feed:smaller", { insist: true }),
    close() {
      stop.abort();
      clearTimeout(silence);
      model.off("msg:custom", hear);
      [...addresses, framed].forEach((address) => URL.revokeObjectURL(address));
      ask("feed:close");
    },
  };
}

/** The Jupyter server's own address of the file, or null where it cannot reach it. */
async function throughServer(facts, signal) {
  const page = jupyterPage();
  if (!page) return null;
  for (const path of pathsUnderRoot(facts, page)) {
    const address = `${page.base}files/${path.split("/").map(encodeURIComponent).join("/")}?v=${facts.version}`;
    const reply = await fetch(address, { headers: { Range: "bytes=0-0" }, cache: "no-store", signal }).catch(() => null);
    reply?.body?.cancel();
    // A wrong path is answered 200 with a web page, so only the right total counts.
    if (reply?.status === 206 && reply.headers.get("Content-Range")?.endsWith(`/${facts.bytes}`)) return address;
  }
  return null;
}

function jupyterPage() {
  try {
    const { baseUrl, serverRoot } = JSON.parse(document.getElementById("jupyter-config-data").textContent);
    return { base: new URL(baseUrl, location.href).pathname, serverRoot };
  } catch {
    return null;
  }
}

/** Where the file may lie as the server sees it: below its root, or beside the notebook of this page. */
export function pathsUnderRoot(facts, page) {
  const roots = [page.serverRoot?.replace(/^~/, facts.home)];
  const opened = /(?:lab\/tree|notebooks)\/(.+)$/.exec(location.pathname);
  if (opened && facts.notebook?.endsWith(`/${decodeURIComponent(opened[1])}`)) {
    roots.push(facts.notebook.slice(0, -decodeURIComponent(opened[1]).length));
  }
  const below = roots.filter(Boolean).map((root) => root.replace(/\/*$/, "/")).filter((root) => facts.path.startsWith(root));
  return [...new Set(below.map((root) => facts.path.slice(root.length)))].filter((path) => !/(^|\/)\./.test(path));
}

/** A picture that stands for *key*, as an `<img>`; empty until it is there. */
export function still(model, key, label) {
  const view = Math.random().toString(36).slice(2);
  const image = h("img", { class: "sora-still", alt: label });
  let address = null;
  const hear = (message, buffers) => {
    if (message?.view !== view || message.kind !== "feed:poster") return;
    model.off("msg:custom", hear);
    address = URL.createObjectURL(new Blob([buffers[0]], { type: "image/jpeg" }));
    image.src = address;
  };
  model.on("msg:custom", hear);
  model.send({ kind: "feed:still", key, view });
  return {
    node: image,
    close() {
      model.off("msg:custom", hear);
      URL.revokeObjectURL(address);
    },
  };
}

/** A plain player for one finished video: muted, with the browser's own controls, nothing starts by itself. */
export function player(model, key, { label, controls = true } = {}) {
  const video = h("video", { class: "sora-video", controls, playsinline: true, preload: "auto", "aria-label": label });
  const note = h("p", { class: "sora-stage-note", role: "status" });
  const node = h("div", { class: "sora-stage" }, video, note);
  video.muted = true;
  const tell = (words) => {
    note.textContent = words;
    node.dataset.state = words ? "told" : "ready";
  };
  const feed = openFeed(model, key, {
    poster: (address) => (video.poster = address),
    ready: (address) => {
      tell("");
      video.src = address;
    },
    progress: (share) => tell(`Loading ${Math.round(share * 100)} %`),
    trouble: (state, words) => tell(words),
  });
  video.addEventListener("error", () => {
    if (video.getAttribute("src") && !feed.retry()) tell("This browser cannot play the video. The file itself is kept.");
  });
  return { node, video, close: () => feed.close() };
}
