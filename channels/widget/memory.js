// What this browser remembers of a talk: nothing until something is sent, then for this tab, longer only where asked.

export const NAME = "earshot-chat";
const LASTING = ["token", "remember", "size", "colours", "locale", "easy", "hidden"];

function read(store) {
  try {
    return JSON.parse(self[store].getItem(NAME)) || {};
  } catch (error) {
    return {}; // a page or a person may forbid storing: then the talk lives as long as the page
  }
}

function write(store, value) {
  try {
    if (value) self[store].setItem(NAME, JSON.stringify(value));
    else self[store].removeItem(NAME);
  } catch (error) {
    // the same
  }
}

export class Memory {
  constructor() {
    const lasting = read("localStorage");
    const here = read("sessionStorage");
    this.state = { queue: [], draft: "", ...lasting, ...here };
  }

  // Kept only once something was sent, or is on its way.
  save(changes) {
    Object.assign(this.state, changes);
    if (!this.state.token && !this.state.queue.length) return;
    write("sessionStorage", this.state);
    if (this.state.remember && this.state.token) {
      const lasting = {};
      LASTING.forEach((name) => { lasting[name] = this.state[name]; });
      write("localStorage", lasting);
    }
  }

  // One phone, one remembered talk: a tab that has none of its own yet takes it up.
  adopt(lasting) {
    if (this.state.token || this.state.queue.length || !lasting.token) return false;
    Object.assign(this.state, lasting);
    return true;
  }

  remember(lasting) {
    if (!lasting) write("localStorage", null);
    this.save({ remember: lasting });
  }

  clear() {
    this.state = { queue: [], draft: "" };
    write("sessionStorage", null);
  }

  // Other tabs with the same talk are told in passing, by a value that is gone again at once.
  forget() {
    const { token } = this.state;
    this.clear();
    if (token) write("localStorage", { gone: token });
    write("localStorage", null);
  }
}
