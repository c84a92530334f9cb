// What the server draws, fetched anew. One look at a time: an answer that was overtaken must never be drawn over a newer one.

export const TAB = document.getElementById("frame-webchat").dataset.tab;

const shown = new Map();
let running = null;
let queued = null;
let announced = null;

// Resolves with the state after a look that began no earlier than this call.
export function refresh() {
  if (!running) {
    running = look().finally(() => { running = null; });
    return running;
  }
  queued ??= running.catch(() => {}).then(() => {
    queued = null;
    return refresh();
  });
  return queued;
}

async function look() {
  const answer = await fetch(`/demo/state?tab=${TAB}`);
  if (!answer.ok) throw new Error(`The demo answered ${answer.status}.`);
  const state = await answer.json();
  for (const [id, html] of Object.entries(state.parts)) show(id, html);
  for (const hour of document.querySelectorAll(".hour")) hour.textContent = state.hour;
  if (announced !== null && state.newest && state.newest !== announced) tellReader(state.newest);
  announced = state.newest;
  return state;
}

function show(id, html) {
  if (shown.get(id) === html) return;
  shown.set(id, html);
  const part = document.getElementById(id);
  if (part) keepOpen(part, () => { part.innerHTML = html; });
}

// What was unfolded stays so, and the focus where it was.
function keepOpen(part, draw) {
  const open = [...part.querySelectorAll("details[open]")].map((details) => details.id);
  const focused = part.contains(document.activeElement) ? document.activeElement.closest("[id]")?.id : null;
  draw();
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focused) (document.querySelector(`#${CSS.escape(focused)} summary`) ?? document.getElementById(focused))?.focus();
}

// What a bubble shows to the eye is read out here, for a list that is drawn anew is not.
function tellReader(words) {
  document.getElementById("heard").textContent = words;
}
