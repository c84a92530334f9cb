// The phones of the demo. The two on Twilio are drawn by the server and fetched anew each second; the web chat is a
// real client of /api/chat. Without a script the page still works: each form posts, and the page comes back.

const EVERY = 1000;
const TOKEN = "earshot-demo-chat";
const page = document.querySelector("main");
const shown = new Map();

// --- what the server draws ------------------------------------------------------------------------------------------

function show(id, html) {
  if (shown.get(id) === html) return;
  shown.set(id, html);
  const part = document.getElementById(id);
  if (part) keepOpen(part, () => { part.innerHTML = html; });
}

function keepOpen(part, draw) {
  const open = [...part.querySelectorAll("details[open]")].map((details) => details.id);
  const focused = part.contains(document.activeElement) ? document.activeElement.closest("[id]")?.id : null;
  draw();
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focused) (document.querySelector(`#${CSS.escape(focused)} summary`) ?? document.getElementById(focused))?.focus();
}

async function refresh() {
  const headers = chat.token && chat.lines.length ? { Authorization: `Bearer ${chat.token}` } : {};
  const answer = await fetch("/demo/state", { headers });
  if (!answer.ok) return;
  const state = await answer.json();
  for (const [id, html] of Object.entries(state.parts)) show(id, html);
  for (const hour of document.querySelectorAll(".hour")) hour.textContent = state.hour;
  announce(state.newest);
}

let announced = null;
function announce(newest) {
  if (announced !== null && newest !== announced && newest) tellReader(newest);
  announced = newest;
}

// What a bubble shows to the eye is read out here, for a list that is drawn anew is not.
function tellReader(words) {
  document.getElementById("heard").textContent = words;
}

function complain(words) {
  document.getElementById("said").textContent = words;
}

// --- the web chat ---------------------------------------------------------------------------------------------------

const chat = { token: sessionStorage.getItem(TOKEN), lines: [], wire: [] };

function note(request, answer) {
  chat.wire.unshift({ request, answer });
  chat.wire.length = Math.min(chat.wire.length, 12);
  const list = document.getElementById("wire-web");
  keepOpen(list, () => list.replaceChildren(...chat.wire.map((row, place) => {
    const details = make("details", { id: `web-${chat.wire.length - place}` });
    const summary = make("summary");
    summary.append(make("span", {}, "Web chat"), make("small", {}, row.request.split("\n")[0]));
    details.append(summary, make("pre", { tabIndex: 0 }, `${row.request}\n\n${row.answer}`));
    return details;
  })));
}

function make(name, settings = {}, text = "") {
  const element = Object.assign(document.createElement(name), settings);
  element.append(text);
  return element;
}

async function ask(method, path, body) {
  const headers = { ...(chat.token && { Authorization: `Bearer ${chat.token}` }), ...(body && { "Content-Type": "application/json" }) };
  const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  return { answer, text, quote: `${method} ${path}${body ? `\n${JSON.stringify(body)}` : ""}` };
}

async function open() {
  if (chat.token) return;
  const { text } = await ask("POST", "/api/chat/session");
  chat.token = JSON.parse(text).token;
  sessionStorage.setItem(TOKEN, chat.token);
}

async function tell(text, choice) {
  await open();
  const id = crypto.randomUUID?.() ?? `demo-${Date.now()}-${Math.random()}`;
  const { answer, text: said, quote } = await ask("POST", "/api/chat/message", { id, text, ...(choice && { choice }) });
  note(quote, `${answer.status} ${said}`);
  complain(answer.ok ? "" : `The web chat answered ${answer.status}.`);
  await listen();
}

async function listen() {
  if (!chat.token) return;
  const after = chat.lines.at(-1)?.seq ?? 0;
  const { answer, text, quote } = await ask("GET", `/api/chat/events?after=${after}`);
  if (answer.status === 401) {
    // The store was thrown away and the demo begun again: so is this talk.
    sessionStorage.removeItem(TOKEN);
    Object.assign(chat, { token: null, lines: [] });
    return;
  }
  const lines = answer.ok ? JSON.parse(text) : [];
  if (!lines.length) return;
  // The beat and a sent message may ask at the same time; what the other has brought meanwhile is not shown twice.
  const shownTo = chat.lines.at(-1)?.seq ?? 0;
  chat.lines.push(...lines.filter((line) => line.seq > shownTo));
  note(quote, `${answer.status} ${JSON.stringify(lines, null, 2)}`);
  draw();
  const newest = lines.findLast((line) => line.from !== "parent");
  if (newest) tellReader(newest.text);
}

function draw() {
  const list = make("ol");
  let asked = null;
  chat.lines.forEach((line, place) => {
    const mine = line.from === "parent";
    const bubble = make("li", { className: `m ${mine ? "you" : "us"}` });
    bubble.append(make("span", { className: "sr" }, mine ? "Parent: " : "Earshot: "), line.text);
    list.append(bubble);
    const last = place === chat.lines.length - 1;
    if (last && line.choices.length) list.append(choices(line.choices));
    if (!mine || chat.lines[place + 1]?.from !== "parent") list.append(small(line, mine ? null : asked));
    asked = mine ? line.at : null;
  });
  document.getElementById("part-talk-webchat").replaceChildren(list);
}

function choices(offered) {
  const row = make("li", { className: "reply" });
  offered.forEach((choice, place) => {
    const button = make("button", { type: "button" }, `${place + 1} ${choice.label}`);
    button.addEventListener("click", async () => {
      document.getElementById("say-webchat").focus();
      await tell(choice.label, choice.key);
    });
    row.append(button);
  });
  return row;
}

function small(line, asked) {
  const mine = line.from === "parent";
  const wait = asked ? ` after ${Math.round((new Date(line.at) - new Date(asked)) / 1000)} s` : "";
  const item = make("li", { className: mine ? "tape r" : "tape" }, `${mine ? "Kept as seq" : "Polled as seq"} ${line.seq}${mine ? "" : wait} · `);
  item.append(make("a", { href: "#wire" }, "payload"));
  return item;
}

// --- writing --------------------------------------------------------------------------------------------------------

async function send(channel, text, attachment = "") {
  if (channel === "webchat") {
    if (text) await tell(text);
    return;
  }
  const body = new URLSearchParams({ text, attachment });
  await fetch(`/demo/phones/${channel}`, { method: "POST", body, headers: { Accept: "application/json" } });
}

for (const form of document.querySelectorAll("form.inbar")) {
  const box = form.querySelector("textarea");
  const button = form.querySelector("button");
  box.disabled = false;
  button.disabled = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (!text || button.disabled) return;
    button.disabled = true;
    try {
      await send(form.dataset.channel, text);
      box.value = "";
      await refresh();
    } finally {
      button.disabled = false;
      box.focus();
    }
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
}

const tries = document.getElementById("tries");
tries.hidden = false;
tries.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-texts]");
  if (!button) return;
  const chosen = document.getElementById("from").value;
  const channels = chosen === "all" ? ["whatsapp", "sms", "webchat"] : [chosen];
  for (const text of JSON.parse(button.dataset.texts)) {
    await Promise.all(channels.map((channel) => send(channel, text, button.dataset.attachment)));
  }
  await refresh();
});

for (const tab of document.querySelectorAll(".tabs input")) {
  tab.addEventListener("change", () => { document.getElementById("from").value = tab.id.slice(2); });
}

const clock = document.querySelector("form.clock");
clock.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = new URLSearchParams({ step: event.submitter.value });
  await fetch(clock.action, { method: "POST", body, headers: { Accept: "application/json" } });
  await refresh();
});

page.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#out-"], a[href^="#in-"]');
  const details = link && document.getElementById(link.hash.slice(1));
  if (!details) return;
  details.open = true;
  details.querySelector("summary").focus();
});

// --- every second ---------------------------------------------------------------------------------------------------

let silent = false;

async function beat() {
  if (!document.hidden) {
    try {
      await listen();
      await refresh();
      if (silent) complain("");
      silent = false;
    } catch {
      silent = true;
      complain("The demo does not answer. Is it still running?");
    }
  }
  setTimeout(beat, EVERY);
}

beat();
