// The panel: bar, log, answers, box. It is no modal: the page beneath stays in reach, and Escape closes it.

import { Log, isQuiet, openQuestion } from "./log.js";
import { drawing, empty, icon, make, press, questionIn, said } from "./parts.js";
import { newId } from "./talk.js";

const SPEAKERS = ["parent", "young_person", "family", "professional"];
const BASE = 16;
const COVERED = 100;
const DESK = 560;
const PUBLIC = "words_yes"; // the answer that lets public reports use the words: they can be looked at first

export class Panel {
  constructor(outside) {
    Object.assign(this, outside); // region, root, button, plain, memory; then words, talk, aloud, options, close, leave
    this.speaker = "parent";
    this.shown = false;
    this.again = 0;
    this.news = [];
    this.frame = make("div.frame", { hidden: true }); // until its styles are there too
    this.region.append(this.frame);
  }

  get t() { return this.words; }

  get easy() { return this.locale === "en-x-easyread"; }

  isOpen() { return this.shown; }

  // Everything in the words of the locale. What is in the box stays in it.
  build() {
    const { t } = this;
    const written = this.box ? this.box.value : this.memory.state.draft;
    empty(this.frame);
    // A page that makes 1rem very small does not mean our reader; one that makes it larger may.
    this.frame.style.fontSize = parseFloat(getComputedStyle(document.documentElement).fontSize) >= BASE ? "1rem" : "medium";
    this.log = new Log(this);
    this.note = make("p.note");
    this.shownState = "";
    this.live = this.live || make("p.sr", { role: "status" });
    this.aside = make("div.answers", { role: "group" });
    this.field = make("label.sr", { htmlFor: "box" });
    this.box = make("textarea", { id: "box", rows: 1, value: written || "", oninput: () => this.typed() });
    this.box.setAttribute("autocomplete", "off");
    this.form = make("form.write", { noValidate: true, onsubmit: (event) => this.submit(event) }, this.field, this.box, make("button.btn", { type: "submit" }, t["write.send"]));
    this.quiet = press("btn.silence", t["act.stop"], () => this.aloud.stop(), { hidden: true });
    this.talkView = make("div.view", {}, this.log.box, this.quiet, this.note, this.aside, this.form);
    this.optionsView = make("div.view.opts", { hidden: true });
    this.tool = press("tool", icon("options"), () => this.options.toggle(), { "aria-expanded": "false" });
    this.tool.append(make("span", {}, t["bar.options"]));
    const shut = press("tool.shut", icon("close"), () => this.close());
    shut.append(make("span", {}, t["bar.close"]));
    const leave = make("a.leave", { href: t["leave.url"], rel: "noreferrer", onclick: (event) => this.leave(event), "aria-describedby": "about-leaving" }, icon("leave"), t["leave.label"]);
    const bar = make("div.bar", {}, leave, make("span.sr", { id: "about-leaving" }, t["leave.note"]), this.tool, shut);
    this.ew = make("div.ew", { lang: t.lang, dir: t.dir, onkeydown: (event) => this.key(event) }, bar, this.talkView, this.optionsView, this.live);
    this.frame.append(this.ew);
    this.region.setAttribute("aria-label", t.title);
    this.look();
    this.asked = null;
    this.paint();
  }

  look() {
    const { size, colours } = this.memory.state;
    const wants = (what) => Boolean(self.matchMedia) && matchMedia(what).matches;
    const usual = wants("(prefers-contrast: more)") ? "strong" : wants("(prefers-color-scheme: dark)") ? "dark" : "calm";
    this.ew.setAttribute("data-colours", colours || usual);
    this.ew.setAttribute("data-size", size || "usual");
    this.ew.classList.toggle("easy", this.easy);
  }

  paint() {
    const { t } = this;
    this.log.paint();
    this.answers();
    const label = t[isQuiet(this.talk.lines) ? "write.more" : "write.label"];
    this.field.textContent = label;
    this.box.placeholder = label;
    this.grow();
    this.log.toEnd();
  }

  // --- what is asked

  answers() {
    const { talk, t } = this;
    const changed = this.again && talk.lines.filter((line) => line.seq === this.again)[0];
    const question = changed || openQuestion(talk.lines, this.memory.state.changed || {});
    const ours = talk.lines.filter((line) => line.from !== "parent");
    const far = Boolean(question) && ours[ours.length - 1] !== question;
    const asked = talk.lines.length ? (question ? [question.seq, changed ? "changed" : "", far].join() : "none") : "who" + this.speaker;
    if (asked === this.asked) return;
    const before = this.asked;
    this.asked = asked;
    this.leaveFocus(this.aside, asked.slice(0, 3) === "who" && before);
    empty(this.aside);
    this.aside.hidden = asked === "none";
    this.aside.removeAttribute("aria-label");
    if (!talk.lines.length) this.who();
    else if (question) this.ask(question, changed, far);
    if (before && before.slice(0, 3) === "who" && asked.slice(0, 3) === "who") this.aside.querySelector("[aria-pressed=true]").focus();
    if (question && question.choices.length) this.count = said(t["answers.count"], { number: question.choices.length });
  }

  who() {
    const { t } = this;
    this.aside.setAttribute("aria-label", t["who.legend"]);
    const pills = SPEAKERS.map((speaker) => make("li", {}, press("choice.pill", t["who." + speaker], () => {
      this.speaker = speaker;
      this.answers();
    }, { "aria-pressed": String(speaker === this.speaker) })));
    this.aside.append(make("p.q", {}, t["who.legend"]), make("ul.who", {}, ...pills));
  }

  ask(question, changed, far) {
    const { t } = this;
    const choices = question.choices.map((choice, at) => {
      const button = press("choice", make("b", {}, String(at + 1)), () => this.answer({
        text: choice.label, choice: choice.key, again: changed ? question.seq : 0,
      }));
      const picture = this.easy && this.pictures && this.pictures[choice.key];
      if (picture) button.append(drawing(64, "pic", picture));
      button.append(make("span", {}, " " + choice.label));
      return make("li", {}, button);
    });
    if (changed) this.aside.append(make("p.q", {}, said(t["answers.again"], { question: questionIn(question.text) })));
    else if (far) this.aside.append(make("p.q", { dir: "auto" }, questionIn(question.text)));
    if (choices.length) {
      this.aside.setAttribute("aria-label", said(t["answers.count"], { number: choices.length }));
      this.aside.append(make("ul", {}, ...choices));
    } else this.aside.setAttribute("aria-label", t.log);
    const public_ = question.choices.some((choice) => choice.key === PUBLIC);
    const asides = (public_ ? ["preview"] : []).concat("skip", "unsure", "human").map((act) => press("link", t["act." + act], () => this.answer({ text: t["says." + act] })));
    this.aside.append(make("div.asides", {}, ...asides));
  }

  answer(item) {
    if (this.talk.waiting.some((other) => !other.box)) return;
    this.again = 0;
    this.log.box.focus();
    this.send(item);
  }

  change(question) {
    this.again = question.seq;
    this.answers();
    this.announce(this.count);
    this.aside.querySelector("button").focus();
  }

  hide(seq) {
    this.memory.save({ hidden: seq });
    this.paint();
    this.log.list.querySelector(".after button").focus();
  }

  // --- what is sent

  submit(event) {
    event.preventDefault();
    const text = this.box.value;
    const waiting = this.talk.waiting.filter((item) => item.box)[0];
    if (waiting) this.talk.pump(); // pressed again: the same words, under the same name, at once
    else if (text.trim()) this.send({ text, box: true });
    else this.state("empty");
    this.box.focus();
  }

  send(item) {
    const first = this.talk.lines.length ? {} : { speaker: this.speaker };
    this.talk.send({ id: newId(), locale: this.locale, ...first, ...item });
  }

  typed() {
    const waiting = this.talk.waiting.filter((item) => item.box)[0];
    if (waiting && waiting.text !== this.box.value) {
      this.talk.takeBack(waiting.id);
      this.state("changed");
    }
    this.memory.save({ draft: this.box.value });
    this.grow();
  }

  kept(item) {
    if (item.box && this.box.value === item.text) this.box.value = "";
    this.memory.save({ draft: this.box.value });
    this.grow();
  }

  refused(item, status) {
    this.state(status === 413 ? "long" : "refused");
  }

  // --- what is heard

  lines(news) {
    this.count = "";
    this.paint();
    if (!news.length) return;
    const text = news.map((line) => line.text).join("\n");
    this.announce(this.t.us + " " + text + (this.count ? "\n" + this.count : ""));
    if (this.memory.state.aloud) this.aloud.say(text, this.t.lang);
  }

  // `stuck`: tried several times. The plain page may work where this does not: a site that forbids us looks like no network.
  state(word, stuck) {
    const { t } = this;
    const unsent = ["waiting", "answer_waiting", "trouble"].indexOf(word) >= 0;
    const text = word ? t["state." + word] + (unsent ? " " + t["state.emergency"] : "") : "";
    const shown = word + Boolean(stuck);
    if (this.shownState === shown) return;
    this.shownState = shown;
    this.news = this.news.filter((said) => said !== this.note.textContent); // over before it was read out
    this.leaveFocus(this.note);
    this.note.textContent = text;
    if (unsent && stuck) this.note.append(" ", make("a.link", { href: this.plain }, t["state.plain"]));
    if (text) this.announce(this.note.textContent);
    this.log.toEnd();
  }

  // The one live region. What comes within a moment is said together, and each thing once.
  announce(text) {
    this.news.push(text);
    clearTimeout(this.saying);
    this.live.textContent = "";
    this.saying = setTimeout(() => {
      this.live.textContent = this.news.join("\n");
      this.news = [];
    }, 150);
  }

  // --- where the focus is

  // Before something goes that holds the focus, the focus goes elsewhere: never to the page as a whole.
  leaveFocus(element, stays) {
    if (!stays && element.contains(this.root.activeElement)) this.log.box.focus();
  }

  drop(element) {
    this.leaveFocus(element);
    element.remove();
  }

  key(event) {
    if (event.key === "Escape") {
      event.stopPropagation();
      if (this.optionsView.hidden) this.close();
      else this.options.toggle();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target === this.box) this.submit(event);
  }

  // A phone's keyboard lies over the page; then the panel is what is left above it, bar and box included.
  fit() {
    const { height, offsetTop, scale } = self.visualViewport;
    const covered = scale < 1.05 && innerHeight - height > COVERED && innerWidth < DESK;
    this.frame.style.height = covered ? height + "px" : "";
    this.frame.style.top = covered ? offsetTop + "px" : "";
    this.log.toEnd();
  }

  grow() {
    this.box.style.height = "auto";
    this.box.style.height = Math.max(this.talk.lines.length ? 48 : 76, Math.min(this.box.scrollHeight + 4, this.frame.clientHeight / 3 || 160)) + "px";
  }

  show(focus) {
    this.shown = true;
    this.frame.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.memory.save({ open: true });
    this.grow();
    this.log.toEnd();
    if (focus) this.box.focus();
    this.talk.soon();
  }
}
