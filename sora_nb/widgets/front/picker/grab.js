const GRAB_PATIENCE = 8000;
const HEIGHT = 54;

/**
 * A filmstrip made in the page, of a video that lies at an address. Null where its site keeps pictures from other
 * pages (CORS): such a video plays, and nothing may be read of it.
 */
export async function grabStrip(address, count, signal) {
  const video = document.createElement("video");
  Object.assign(video, { crossOrigin: "anonymous", muted: true, preload: "auto" });
  const until = (name) => new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("late")), GRAB_PATIENCE);
    const stop = (settle) => (event) => {
      clearTimeout(late);
      settle(event);
    };
    video.addEventListener(name, stop(resolve), { once: true });
    video.addEventListener("error", stop(reject), { once: true });
    signal.addEventListener("abort", stop(reject), { once: true });
  });
  try {
    const loaded = until("loadeddata");
    video.src = address;
    await loaded;
    const wide = Math.max(1, Math.round((HEIGHT * video.videoWidth) / video.videoHeight));
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: wide * count, height: HEIGHT });
    const brush = canvas.getContext("2d");
    for (let place = 0; place < count; place += 1) {
      const seeked = until("seeked");
      video.currentTime = ((place + 0.5) / count) * video.duration;
      await seeked;
      brush.drawImage(video, place * wide, 0, wide, HEIGHT);
    }
    return await new Promise((resolve) => canvas.toBlob((blob) => resolve(blob && URL.createObjectURL(blob)), "image/jpeg", 0.7));
  } catch {
    return null;
  } finally {
    video.removeAttribute("src");
    video.load();
  }
}
