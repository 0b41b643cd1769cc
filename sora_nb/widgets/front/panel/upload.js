import { h, mark, say } from "../shared/dom.js";

const UPLOAD_SLICE = 1 << 20;
const UPLOAD_PATIENCE = 8000;

/** `12582912` as `12.6 MB`. */
export const sizeText = (bytes) => (bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1e3))} KB`);

/**
 * A button that sends a video from this computer to the kernel, slice by slice, with how far it is and a way to stop.
 * *most* is the largest size in bytes. Files that are dropped on `target` are taken too.
 */
export function createUpload(model, most, target) {
  const input = h("input", { type: "file", class: "sora-unseen", accept: "video/*,.mkv,.avi", tabindex: -1, "aria-hidden": "true", onchange: () => take(input.files[0]) });
  const open = h("button", { type: "button", class: "sora-button", title: `A video from this computer, up to ${sizeText(most)}; or drop it here`, onclick: () => input.click() }, "Upload…");
  const fill = h("span", { class: "sora-bar-fill" });
  const bar = h("span", { class: "sora-bar", role: "progressbar", "aria-label": "Upload", "aria-valuemin": 0, "aria-valuemax": 100 }, fill);
  const words = h("span", { class: "sora-upload-words" });
  const spoken = h("span", { class: "sora-unseen", role: "status" });
  const stop = h("button", { type: "button", class: "sora-button sora-button-small", onclick: () => cancel() }, "Cancel");
  const node = h("div", { class: "sora-upload", hidden: true }, words, bar, stop);
  let sending = null;
  let silence = null;

  function take(file) {
    input.value = "";
    if (!file || sending) return;
    if (file.size > most) return tell("error", `${file.name} is ${sizeText(file.size)}; up to ${sizeText(most)} can be sent. Put it where the kernel can read it, and give its path.`);
    sending = { id: Math.random().toString(36).slice(2), file };
    draw(0);
    tell("busy", `Sending ${file.name}`);
    send("begin", { name: file.name, bytes: file.size });
  }
  function send(kind, more, buffers = []) {
    clearTimeout(silence);
    silence = setTimeout(() => tell("warning", "Waiting for the kernel. If it is not running, run this cell again."), UPLOAD_PATIENCE);
    model.send({ kind: `upload:${kind}`, upload: sending.id, ...more }, undefined, buffers);
  }
  async function sendSlice(offset) {
    const { id, file } = sending;
    let slice;
    try {
      slice = await file.slice(offset, offset + UPLOAD_SLICE).arrayBuffer();
    } catch {
      if (sending?.id !== id) return;
      cancel();
      return tell("error", `${file.name} can no longer be read. Choose it again.`);
    }
    if (sending?.id === id) send("slice", { offset }, [slice]);
  }
  function draw(offset, endless = false) {
    const share = Math.round((offset / sending.file.size) * 100);
    bar.classList.toggle("sora-bar-endless", endless);
    fill.style.width = endless ? "" : `${share}%`;
    mark(bar, "aria-valuenow", endless ? null : share);
    if (!endless) say(words, `${sizeText(offset)} of ${sizeText(sending.file.size)}`);
  }
  function tell(level, text) {
    node.hidden = !text;
    mark(node, "data-level", level);
    mark(spoken, "role", level === "error" ? "alert" : "status");
    say(words, text);
    say(spoken, text);
    bar.hidden = stop.hidden = !sending;
    open.disabled = Boolean(sending);
  }
  function end() {
    clearTimeout(silence);
    sending = null;
  }
  function cancel() {
    if (!sending) return;
    send("cancel", {});
    end();
    tell("ok", "");
    say(spoken, "Upload cancelled");
    open.focus({ preventScroll: true });
  }
  const hear = (message) => {
    if (!sending || message?.upload !== sending.id) return;
    clearTimeout(silence);
    const { file } = sending;
    if (message.kind === "upload:go") {
      mark(node, "data-level", "busy");
      draw(message.offset);
      sendSlice(message.offset);
    } else if (message.kind === "upload:checking") {
      draw(file.size, true);
      say(words, `Looking into ${file.name}`);
      stop.hidden = true;
    } else if (message.kind === "upload:done") {
      end();
      tell("ok", "");
    } else if (message.kind === "upload:refused") {
      end();
      tell("error", message.words);
    }
  };
  const over = (event) => {
    if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
    event.preventDefault();
    mark(target, "data-over", event.type === "dragover");
  };
  const drop = (event) => {
    over(event);
    take(event.dataTransfer?.files[0]);
  };
  target.addEventListener("dragover", over);
  target.addEventListener("dragleave", over);
  target.addEventListener("drop", drop);
  model.on("msg:custom", hear);
  return {
    button: h("span", { class: "sora-upload-open" }, input, open, spoken),
    node,
    close() {
      if (sending) cancel();
      end();
      model.off("msg:custom", hear);
    },
  };
}
