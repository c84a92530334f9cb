// The real web chat and the real plain pages, each in its frame: something is written in their own box, and sent by their own
// button, as a person would.

const CHAT = "earshot-chat";
const PATIENCE = 15000;
const OPENING = 5000;
const MOMENT = 500;
const SAYS = { webchat: sayInChat, pages: sayOnPages };

export const FRAMES = Object.keys(SAYS);

const frame = (name) => document.getElementById(`frame-${name}`);
const HOMES = Object.fromEntries(FRAMES.map((name) => [name, frame(name).getAttribute("src")]));

// Frames take the focus with what is written in them; it goes back to where the visitor was.
export async function sayIn(name, text) {
  const before = document.activeElement;
  try {
    await SAYS[name](text);
  } finally {
    if (before !== document.activeElement) before.focus({ preventScroll: true });
  }
}

// Empties both frames, does what must be done while nobody asks anything, and opens them again.
export async function reopen(between, locale = "") {
  await Promise.all(FRAMES.map((name) => load(name, "about:blank")));
  await between();
  const said = locale && `locale=${encodeURIComponent(locale)}`;
  await Promise.all([load("webchat", [HOMES.webchat, said].filter(Boolean).join("&")), load("pages", [HOMES.pages, said].filter(Boolean).join("?"))]);
}

export function forgetChat() {
  sessionStorage.removeItem(CHAT);
  localStorage.removeItem(CHAT);
}

export function speakInChat(locale) {
  const kept = JSON.parse(sessionStorage.getItem(CHAT) || "null");
  if (kept) sessionStorage.setItem(CHAT, JSON.stringify({ ...kept, locale }));
}

async function sayInChat(text) {
  const chat = await until(() => inside("webchat")?.querySelector(CHAT), "The web chat did not load.");
  const root = await until(() => chat.shadowRoot, "The web chat did not begin.");
  const button = root.querySelector("section > button");
  const isOpen = () => button.getAttribute("aria-expanded") === "true";
  // It opens by itself. A press while it is on its way would lead to the plain pages, so only one that stays shut is pressed.
  if (!isOpen()) await until(() => chat.ready, "", OPENING).catch(() => {});
  await until(isOpen, "", MOMENT).catch(() => button.click());
  await until(isOpen, "The web chat did not open.");
  const box = () => root.querySelector("form.write textarea");
  await until(() => !box().value, "").catch(() => {}); // what is on its way goes first
  box().value = text;
  box().dispatchEvent(new Event("input"));
  box().form.requestSubmit();
  await until(() => !box().value, "The web chat has not taken it yet.");
}

async function sayOnPages(text) {
  const box = () => inside("pages")?.querySelector("textarea[name=text]");
  await until(() => inside("pages")?.readyState === "complete", "").catch(() => {});
  if (!box()) await load("pages", HOMES.pages);
  await until(box, "The plain pages have no box at the moment.");
  const { form } = box();
  box().value = text;
  await loaded("pages", () => form.requestSubmit(form.querySelector("[name=act][value=send]")));
}

// The page in a frame; none while it is empty, or where it has been led elsewhere.
function inside(name) {
  try {
    const page = frame(name).contentDocument;
    return page && page.location.pathname.startsWith("/") ? page : null;
  } catch {
    return null;
  }
}

function load(name, address) {
  return loaded(name, () => { frame(name).src = address; });
}

function loaded(name, act) {
  return new Promise((done) => {
    frame(name).addEventListener("load", done, { once: true });
    act();
  });
}

async function until(found, otherwise, patience = PATIENCE) {
  const end = performance.now() + patience;
  while (performance.now() < end) {
    const value = found();
    if (value) return value;
    await new Promise((done) => { setTimeout(done, 50); });
  }
  throw new Error(otherwise);
}
