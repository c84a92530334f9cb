// The talk with the server: one message at a time, tried again with the same id until it is kept, and short polls.

const QUICK = 2000;
const SLOW = 15000;
const SLOWEST = 30000;
const LULL = 600000;
const PATIENCE = 20000;
const ANSWER_COMES = 25000;
const MANY = 3;

export function newId() {
  const bytes = new Uint8Array(16);
  if (self.crypto && crypto.getRandomValues) crypto.getRandomValues(bytes);
  else bytes.forEach((_, at) => { bytes[at] = Math.random() * 256; });
  return Date.now().toString(36) + "-" + Array.from(bytes, (byte) => (byte + 256).toString(16).slice(1)).join("");
}

// `tell` is how the panel hears: lines(what is new of ours), state(word), kept(item), refused(item, status).
export class Talk {
  constructor(api, memory, tell) {
    Object.assign(this, { api, memory, tell });
    this.start();
  }

  start() {
    this.lines = [];
    this.after = 0;
    this.first = true;
    this.pace = QUICK;
    this.tries = 0;
    this.awaits = 0;
    this.sent = 0;
    this.active = Date.now();
  }

  get waiting() { return this.memory.state.queue; }

  call(method, path, body) {
    const token = this.memory.state.token;
    const headers = {};
    const abort = self.AbortController ? new AbortController() : null;
    if (token) headers.Authorization = "Bearer " + token;
    if (body) headers["Content-Type"] = "application/json";
    const timer = setTimeout(() => { if (abort) abort.abort(); }, PATIENCE);
    const options = { method, headers, credentials: "omit", cache: "no-store", body: body && JSON.stringify(body) };
    if (abort) options.signal = abort.signal;
    return fetch(this.api + path, options).then((answer) => answer.json().then((data) => {
      clearTimeout(timer);
      return { status: answer.status, data, wait: Number(answer.headers.get("Retry-After")) * 1000 };
    })).catch(() => {
      clearTimeout(timer);
      return { status: 0, data: {}, wait: 0 };
    });
  }

  send(item) {
    this.memory.save({ queue: this.waiting.concat(item) });
    this.pump();
  }

  // Somebody changed the words: they are sent when they are finished, and under another name.
  takeBack(id) {
    if (this.flying && this.flying.id === id) this.flying.changed = true;
    else this.memory.save({ queue: this.waiting.filter((item) => item.id !== id) });
  }

  pump() {
    clearTimeout(this.again);
    if (this.flying || !this.waiting.length || this.ended) return;
    const item = this.waiting[0];
    this.flying = item;
    const { id, text, choice, locale, speaker } = item;
    const kept = this.memory.state.token ? Promise.resolve(null) : this.call("POST", "session").then((answer) => {
      if (answer.status !== 200) return answer;
      this.memory.save({ token: answer.data.token });
      return null;
    });
    kept.then((failed) => failed || this.call("POST", "message", { id, text, choice, locale, speaker })).then((answer) => {
      this.flying = null;
      if (!this.ended) this.settle(item, answer);
    });
  }

  settle(item, answer) {
    const { status } = answer;
    if (status === 401 && this.memory.state.token && !item.renewed) {
      // The team's key was changed: what is written now begins a new talk, for it must be kept somewhere.
      item.renewed = true;
      this.memory.save({ token: "" });
      this.pump();
    } else if (status === 202 || status === 400 || status === 413) {
      this.tries = 0;
      this.memory.save({ queue: this.waiting.filter((other) => other.id !== item.id) });
      if (status === 202) {
        const { seq } = answer.data;
        // The answer to an earlier question answers no later one, though the words may be the same.
        if (item.again) this.memory.save({ changed: { ...this.memory.state.changed, [seq]: item.again } });
        this.add([{ seq, from: "parent", text: item.text, choices: [], kind: "", at: new Date().toISOString() }], false);
        this.expect(seq);
        this.tell.kept(item);
      } else this.tell.refused(item, status);
      this.pump();
      this.soon();
    } else if (item.changed) {
      this.memory.save({ queue: this.waiting.filter((other) => other.id !== item.id) });
      this.tell.state("changed");
    } else {
      this.tries += 1;
      const offline = !status && navigator.onLine === false;
      this.tell.state(status === 429 ? "fast" : !offline ? "trouble" : item.box ? "waiting" : "answer_waiting", this.tries >= MANY);
      this.again = setTimeout(() => this.pump(), Math.max(answer.wait || 0, Math.min(SLOWEST, 1000 * 2 ** this.tries)));
    }
  }

  // An answer comes after a pause for further words; that one comes at all cannot be promised.
  expect(seq) {
    this.awaits = seq;
    this.sent = seq;
    this.tell.state("typing");
    clearTimeout(this.patience);
    this.patience = setTimeout(() => { if (this.awaits) { this.awaits = 0; this.tell.state("kept"); } }, ANSWER_COMES);
  }

  soon() {
    this.pace = QUICK;
    this.active = Date.now();
    this.poll();
  }

  pause() {
    clearTimeout(this.timer);
  }

  poll() {
    clearTimeout(this.timer);
    if (this.asking || this.ended || !this.memory.state.token || document.hidden || !this.tell.isOpen()) return;
    const token = this.memory.state.token;
    this.asking = true;
    this.call("GET", "events?after=" + this.after).then((answer) => {
      this.asking = false;
      if (this.ended || token !== this.memory.state.token) return this.poll();
      if (answer.status === 401) return null;
      if (answer.status === 200) this.hear(answer.data);
      const slowest = Date.now() - this.active > LULL ? SLOWEST : SLOW;
      this.pace = this.awaits && answer.status === 200 ? QUICK : Math.min(this.pace * 1.4, slowest);
      this.timer = setTimeout(() => this.poll(), Math.max(this.pace, answer.wait || 0));
      return null;
    });
  }

  hear(lines) {
    const history = this.first;
    this.first = false;
    lines.forEach((line) => { this.after = Math.max(this.after, line.seq); });
    if (lines.some((line) => line.from !== "parent" && line.seq > this.awaits) && this.awaits) {
      this.awaits = 0;
      this.tell.state("");
    }
    if (lines.length && !history) {
      this.pace = QUICK;
      this.active = Date.now();
    }
    this.add(lines, history);
  }

  // What was there before this page asked is history, and is not read out.
  add(lines, history) {
    const fresh = lines.filter((line) => !this.lines.some((known) => known.seq === line.seq));
    const all = this.lines.concat(fresh).sort((one, other) => one.seq - other.seq);
    // What a person had deleted goes from the screen too.
    const gone = all.filter((line) => line.kind === "deleted").pop();
    this.lines = gone ? all.filter((line) => line.seq >= gone.seq) : all;
    const news = fresh.filter((line) => line.from !== "parent" && (!history || (this.sent && line.seq > this.sent)));
    if (fresh.length) this.tell.lines(news);
  }

  end() {
    this.ended = true;
    clearTimeout(this.timer);
    clearTimeout(this.again);
    clearTimeout(this.patience);
  }
}
