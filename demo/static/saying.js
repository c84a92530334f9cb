// The same words on one screen or on all six; whole talks, turn by turn; the parent who says them, and their language.

import { FRAMES, forgetChat, reopen, sayIn, speakInChat } from "./frames.js";
import { TAB, refresh } from "./look.js";
import { post, tell } from "./post.js";

const PHONES = ["whatsapp", "sms", "messenger", "telegram"];
const LOOKS = 25;
const from = document.getElementById("from");

function chosen() {
  return from.value === "all" ? [...PHONES, ...FRAMES] : [from.value];
}

// A file goes from the phones alone: neither the chat nor the pages take one.
async function say(text, attachment = "") {
  const channels = chosen();
  const phones = channels.filter((channel) => PHONES.includes(channel));
  const path = `/demo/phones/${phones.length === PHONES.length ? "all" : phones[0]}`;
  const frames = text ? channels.filter((channel) => FRAMES.includes(channel)) : [];
  await Promise.all([phones.length && post(path, { text, attachment }), ...frames.map((name) => sayIn(name, text))]);
}

async function calm(busy) {
  for (let look = 0; look < LOOKS; look += 1) {
    const channels = busy(await refresh());
    if (!channels.some((channel) => chosen().includes(channel))) return;
    await new Promise((done) => { setTimeout(done, 200); });
  }
}

// The clock must not run away from a message that is being sent: whoever sends it would be taken for dead.
async function step(name) {
  await calm(({ sending }) => sending);
  await post("/demo/clock", { step: name });
}

function anew() {
  return reopen(async () => {
    await post("/demo/anew", { tab: TAB });
    forgetChat();
  });
}

async function play({ turns, attachment = "", at = "" }, begins) {
  if (begins && document.getElementById("anew-each").checked) await anew();
  if (at) await step(at);
  for (const turn of JSON.parse(turns)) {
    for (const text of turn) await say(text, text === turn[0] ? attachment : "");
    if (!begins) continue;
    await step("minute");
    await calm(({ sending, waits }) => [...sending, ...waits]);
  }
}

// One thing at a time, and what went wrong is said.
let busy = false;
async function alone(act) {
  if (busy) return;
  busy = true;
  document.getElementById("tries").setAttribute("aria-busy", "true");
  tell();
  try {
    await act();
    await refresh();
  } catch (error) {
    tell(error.message);
  } finally {
    busy = false;
    document.getElementById("tries").removeAttribute("aria-busy");
  }
}

function onSubmit(id, act) {
  document.getElementById(id).addEventListener("submit", (event) => {
    event.preventDefault();
    alone(() => act(event.target));
  });
}

export function start() {
  for (const part of document.querySelectorAll(".needs-script")) part.hidden = false;
  onSubmit("all", async () => {
    const box = document.getElementById("say-all");
    await say(box.value.trim());
    box.value = "";
  });
  onSubmit("anew", anew);
  onSubmit("language", async (form) => {
    const [option] = form.elements.text.selectedOptions;
    await post(form.action, { text: option.value });
    await reopen(() => speakInChat(option.dataset.locale), option.dataset.locale);
  });
  document.querySelector(".ready").addEventListener("click", (event) => {
    const button = event.target.closest("button[data-turns]");
    if (button) alone(() => play(button.dataset, button.closest(".group").dataset.anew === "1"));
  });
  for (const tab of document.querySelectorAll(".tabs input")) {
    tab.addEventListener("change", () => { from.value = tab.id.slice(2); });
  }
}
