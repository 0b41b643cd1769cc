// The kernel's side of a widget, without a kernel: the model that anywidget hands to `render`, and a Python that is
// played by the test. What JavaScript sets arrives in `python` only when it calls save_changes, as it would.
class Host {
  python = {};
  sent = [];
  errors = [];
  #front = {};
  #dirty = new Set();
  #listeners = new Map();
  #cleanups = [];

  model = {
    get: (name) => this.#front[name],
    set: (name, value) => {
      if (this.#front[name] === value) return;
      this.#front[name] = value;
      this.#dirty.add(name);
      this.#changed([name]);
    },
    save_changes: () => {
      for (const name of this.#dirty) this.python[name] = structuredClone(this.#front[name]);
      this.#dirty.clear();
    },
    send: (content, _callbacks, buffers = []) => {
      this.sent.push({ content: structuredClone(content), buffers: buffers.map(toBase64) });
    },
    on: (events, listener) => {
      for (const event of events.split(" ")) {
        this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
      }
    },
    off: (events, listener) => {
      for (const event of events ? events.split(" ") : [...this.#listeners.keys()]) {
        const left = listener ? this.listeners(event).filter((other) => other !== listener) : [];
        this.#listeners.set(event, left);
      }
    },
    widget_manager: null,
  };

  async start(esm, state) {
    // From a blob, as anywidget loads it: an import of a file beside it has to fail here too.
    const url = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
    const loaded = await import(url);
    const widget = typeof loaded.default === "function" ? await loaded.default() : loaded.default;
    this.#front = decoded(state);
    this.python = structuredClone(this.#front);
    const el = document.getElementById("widget");
    const experimental = {};
    this.#cleanups = [
      await widget.initialize?.({ model: this.model, experimental }),
      await widget.render({ model: this.model, el, experimental }),
    ];
  }

  receive(state) {
    const arrived = decoded(state);
    Object.assign(this.#front, arrived);
    Object.assign(this.python, structuredClone(arrived));
    this.#changed(Object.keys(arrived));
  }

  emit(content, buffers) {
    const views = buffers.map(fromBase64);
    for (const listener of this.listeners("msg:custom")) listener(content, views);
  }

  async remove() {
    for (const cleanup of this.#cleanups.reverse()) await cleanup?.();
    document.getElementById("widget").replaceChildren();
  }

  listeners(event) {
    return this.#listeners.get(event) ?? [];
  }

  listening() {
    return [...this.#listeners].filter(([, listeners]) => listeners.length > 0).map(([event]) => event);
  }

  #changed(names) {
    for (const name of names) {
      for (const listener of this.listeners(`change:${name}`)) listener(this.model, this.#front[name]);
    }
    for (const listener of this.listeners("change")) listener(this.model);
  }
}

function decoded(state) {
  return Object.fromEntries(
    Object.entries(state).map(([name, value]) => [name, value?.base64 === undefined ? value : fromBase64(value.base64)]),
  );
}

function fromBase64(text) {
  return new DataView(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
}

function toBase64(data) {
  const bytes = ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

window.host = new Host();
