// The log of the talk: bubbles in the order of their numbers, and what may be done about them.

import { empty, make, paragraphs, press, questionIn } from "./parts.js";

const isTheirs = (line) => line.from === "parent";

const lastOf = (lines, kind) => lines.map((line) => line.kind).lastIndexOf(kind);

// After words about danger nothing is asked and nothing is in the way, until a question comes all the same.
export const isQuiet = (lines) => lastOf(lines, "danger") > lastOf(lines, "question");

// The question that waits for an answer: the last one, unless it was answered.
// `changed`: of lines that changed an earlier answer, by their number, the number of its question.
export function openQuestion(lines, changed) {
  const at = lastOf(lines, "question");
  const isOver = at < 0 || isQuiet(lines) || lines.slice(at).some((line) => isTheirs(line) && !changed[line.seq]);
  return isOver ? null : lines[at];
}

// Pairs of a question and the line that answered it; of the same question put twice, the later pair.
export function answered(lines, changed) {
  const found = {};
  const pair = (question, line) => { found[question.choices.map((choice) => choice.key).join()] = { question, line }; };
  let question = null;
  lines.forEach((line) => {
    const earlier = changed[line.seq] && lines.filter((other) => other.seq === changed[line.seq])[0];
    if (line.choices.length) question = line;
    else if (earlier) pair(earlier, line);
    else if (isTheirs(line) && question && question.choices.some((choice) => choice.label === line.text)) {
      pair(question, line);
      question = null;
    }
  });
  return Object.keys(found).map((keys) => found[keys]);
}

export class Log {
  constructor(panel) {
    this.panel = panel;
    this.items = {};
    this.list = make("ol.talk");
    this.box = make("div.log", { tabIndex: 0, role: "group", "aria-label": panel.t.log });
    this.top = make("div");
    this.box.append(this.top, this.list);
  }

  paint() {
    const { t, easy, talk } = this.panel;
    const { lines } = talk;
    empty(this.top);
    this.list.hidden = !lines.length;
    this.top.append(lines.length ? make("div.intro", {}, make("h2", {}, t.title), make("p", {}, t["intro.text"])) : this.start(t, easy));
    Object.keys(this.items).filter((seq) => !lines.some((line) => line.seq === Number(seq))).forEach((seq) => {
      this.panel.drop(this.items[seq]);
      delete this.items[seq];
    });
    lines.forEach((line) => this.bubble(line));
    this.afters(lines);
  }

  start(t, easy) {
    const points = t["start.points"].map((point) => make("li", {}, point));
    const hint = easy ? paragraphs(t["start.hint"], true) : [make("p", {}, t["start.hint"])];
    return make("div.start", {}, make("h2", {}, t["start.heading"]), ...hint, make("ul", {}, ...points));
  }

  bubble(line) {
    const { t, easy, memory } = this.panel;
    const hidden = isTheirs(line) && line.seq <= (memory.state.hidden || 0);
    const look = [hidden, easy, t.you].join();
    let item = this.items[line.seq];
    if (!item) {
      item = make(isTheirs(line) ? "li.b.you" : "li.b.us");
      item.seq = line.seq;
      const next = Array.from(this.list.children).filter((other) => other.seq > line.seq)[0];
      this.list.insertBefore(item, next || null);
      this.items[line.seq] = item;
    }
    if (item.look === look) return;
    item.look = look;
    empty(item);
    item.append(make("span.sr", {}, (isTheirs(line) ? t.you : t.us) + " "));
    item.append(...(hidden ? [make("p.gone", {}, t["state.hidden"])] : paragraphs(line.text, !isTheirs(line) && (easy || line.kind === "danger"))));
  }

  // What stands below a person's own words: another answer, or less to be read over a shoulder.
  afters(lines) {
    const { t, memory } = this.panel;
    const wanted = {};
    if (isQuiet(lines)) {
      const last = lines.filter(isTheirs).pop();
      const hidden = last && last.seq <= (memory.state.hidden || 0);
      if (last) wanted[last.seq] = [t[hidden ? "act.show" : "act.hide"], "", () => this.panel.hide(hidden ? 0 : last.seq)];
    } else {
      answered(lines, memory.state.changed || {}).forEach(({ question, line }) => {
        wanted[line.seq] = [t["act.change"], ": " + questionIn(question.text), () => this.panel.change(question)];
      });
    }
    Array.from(this.list.querySelectorAll(".after")).forEach((after) => {
      const keep = wanted[after.of] && wanted[after.of].slice(0, 2).join("") === after.textContent;
      if (keep) delete wanted[after.of];
      else this.panel.drop(after);
    });
    Object.keys(wanted).forEach((seq) => {
      const [label, about, act] = wanted[seq];
      const after = make("li.after", {}, press("link", label, act));
      if (about) after.firstChild.append(make("span.sr", {}, about));
      after.of = seq;
      this.list.insertBefore(after, this.items[seq].nextSibling);
    });
  }

  toEnd() {
    if (this.panel.talk.lines.length) this.box.scrollTop = this.box.scrollHeight;
  }
}
