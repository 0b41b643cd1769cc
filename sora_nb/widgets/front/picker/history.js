const MOST_STEPS = 200;
const ONE_MOVE = 600;

/**
 * What can be taken back, for all views of one picker. A state is text, so that equal ones are equal.
 *
 * `settle(state, tag)` at the end of a gesture: several of one *tag* that follow each other closely are one.
 */
export function createHistory() {
  let past = [];
  let future = [];
  let now = null;
  let last = { tag: null, at: 0 };
  const views = new Set();

  const take = (from, to) => {
    if (!from.length) return null;
    to.push(now);
    now = from.pop();
    last = { tag: null, at: 0 };
    return now;
  };
  return {
    reset(state) {
      [past, future, now, last] = [[], [], state, { tag: null, at: 0 }];
    },
    settle(state, tag = null) {
      if (state === now) return;
      const at = performance.now();
      const same = tag !== null && tag === last.tag && at - last.at < ONE_MOVE;
      if (now !== null && !same) past = [...past, now].slice(-MOST_STEPS);
      if (past.at(-1) === state) past.pop();
      [future, now, last] = [[], state, { tag, at }];
    },
    /** What is no step of its own, such as to select: the present is that now. */
    amend(state) {
      now = state;
    },
    back: () => take(past, future),
    on: () => take(future, past),
    join: (view) => views.add(view),
    leave: (view) => views.delete(view),
    /** Whether this is the view that does what Python asks of all of them once. */
    leads: (view) => views.values().next().value === view,
    get canBack() {
      return past.length > 0;
    },
    get canOn() {
      return future.length > 0;
    },
  };
}
