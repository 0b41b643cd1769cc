const PULSE_PATIENCE = 5000;
const PULSE_REST = 5000;

const SILENT = "The kernel does not answer. What you choose here is not heard. If it was restarted, run this cell again; if it is busy, wait.";

/** Whether the kernel still listens. `tell(words)` with "" when all is well; `ask()` whenever something was done. */
export function createPulse(model, tell) {
  const view = Math.random().toString(36).slice(2);
  let asked = -Infinity;
  let waiting = null;

  const send = () => {
    asked = performance.now();
    waiting ??= setTimeout(silent, PULSE_PATIENCE);
    try {
      model.send({ kind: "picker:ping", view });
    } catch {
      silent(); // the line itself is gone, as it is after a restart
    }
  };
  const silent = () => {
    clearTimeout(waiting);
    waiting = null;
    tell(SILENT);
  };
  const hear = (message) => {
    if (message?.kind !== "picker:pong" || message.view !== view) return;
    clearTimeout(waiting);
    waiting = null;
    tell("");
  };
  model.on("msg:custom", hear);
  model.on("comm_live_update", send);
  return {
    ask() {
      if (waiting === null && performance.now() - asked > PULSE_REST) send();
    },
    close() {
      clearTimeout(waiting);
      model.off("msg:custom", hear);
      model.off("comm_live_update", send);
    },
  };
}
