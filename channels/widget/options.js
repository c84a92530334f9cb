// Options: how it looks and reads, a copy, another phone. Behind one button, so that half the panel stays talk.

import { empty, make, press, said } from "./parts.js";

const SIZES = ["usual", "large", "larger"];
const COLOURS = ["calm", "dark", "strong"];

// A word and its number stay on one line.
const halves = (code) => code.split(/ (?=[A-Z])/).map((half) => make("span", {}, half + " "));

export class Options {
  constructor(panel, locales, speak) {
    Object.assign(this, { panel, locales, speak });
  }

  toggle() {
    const { panel } = this;
    const opens = panel.optionsView.hidden;
    if (opens) this.paint();
    panel.optionsView.hidden = !opens;
    panel.talkView.hidden = opens;
    panel.tool.setAttribute("aria-expanded", String(opens));
    if (opens) panel.optionsView.querySelector("h2").focus();
    else {
      panel.tool.focus();
      panel.log.toEnd();
    }
  }

  paint() {
    const { panel } = this;
    const { t, memory } = panel;
    const { state } = memory;
    const drawn = panel.ew.getAttribute("data-colours");
    const languages = this.locales.filter((one) => one.locale !== "en-x-easyread");
    const parts = [
      this.choose("size", SIZES, state.size || "usual"),
      this.choose("colours", COLOURS, drawn),
      languages.length > 1 && this.language(languages),
      this.easyIs() && this.toggleOf("easy", panel.easy, (on) => this.speak(on ? "en-x-easyread" : "en")),
      this.toggleOf("aloud", state.aloud, (on, box) => this.aloud(on, box)),
      this.toggleOf("remember", state.remember, (on) => memory.remember(on)),
      make("div.opt.row", {}, press("btn.plain", t["options.copy"], () => this.copy()), press("btn.plain", t["options.phone"], () => this.phone())),
      make("p.hint", {}, t["leave.note"]),
    ].filter(Boolean);
    empty(panel.optionsView);
    panel.optionsView.append(make("div.scroll", {}, make("h2", { tabIndex: -1 }, t["options.heading"]), ...parts), this.foot());
  }

  foot() {
    return make("div.foot", {}, press("btn", this.panel.t["bar.back"], () => this.toggle()));
  }

  easyIs() {
    return this.panel.locale.slice(0, 2) === "en" && this.locales.some((one) => one.locale === "en-x-easyread");
  }

  choose(name, values, now) {
    const { panel } = this;
    const labels = values.map((value) => make("label.seg." + value, {}, make("input", {
      type: "radio", name, value, checked: value === now, onchange: () => { panel.memory.save({ [name]: value }); panel.look(); },
    }), make("span", {}, panel.t["options." + value])));
    return make("fieldset.opt", {}, make("legend", {}, panel.t["options." + name]), make("div.segs", {}, ...labels));
  }

  language(languages) {
    const { panel } = this;
    const choices = languages.map((one) => make("option", { value: one.locale, lang: one.lang, selected: one.locale === panel.locale }, one.name));
    return make("div.opt.row", {}, make("label", { htmlFor: "language" }, panel.t["options.language"]),
      make("select", { id: "language", onchange: (event) => this.speak(event.target.value) }, ...choices));
  }

  toggleOf(name, now, change) {
    const { t } = this.panel;
    const box = make("input.switch", { type: "checkbox", id: name, checked: Boolean(now), onchange: () => change(box.checked, box) });
    box.setAttribute("role", "switch");
    box.setAttribute("aria-describedby", name + "-hint");
    return make("div.opt.row", {}, make("div", {}, make("label", { htmlFor: name }, t["options." + name]),
      make("small", { id: name + "-hint" }, t["options." + name + "_hint"])), box);
  }

  aloud(on, box) {
    const { panel } = this;
    panel.memory.save({ aloud: on });
    if (!on) return panel.aloud.stop();
    return panel.aloud.voice(panel.t.lang).then((voice) => {
      if (voice) return;
      box.checked = false;
      panel.memory.save({ aloud: false });
      this.hint("aloud", panel.t["options.aloud_none"]);
    });
  }

  hint(name, text) {
    const hint = this.panel.root.getElementById(name + "-hint");
    hint.textContent = text;
    this.panel.announce(text);
  }

  // A text file. What is hidden on the screen is not put into it.
  copy() {
    const { panel } = this;
    const { t, memory } = panel;
    const lines = panel.talk.lines.map((line) => {
      const mine = line.from === "parent";
      const hidden = mine && line.seq <= (memory.state.hidden || 0);
      return new Date(line.at).toLocaleString(t.lang) + "\r\n" + (mine ? t.you : t.us) + " " + (hidden ? t["state.hidden"] : line.text);
    });
    if (!lines.length) return panel.announce(t["copy.none"]);
    const url = URL.createObjectURL(new Blob([lines.join("\r\n\r\n") + "\r\n"], { type: "text/plain;charset=utf-8" }));
    const link = make("a", { href: url, download: t["copy.file"], hidden: true });
    panel.ew.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
    return panel.announce(t["copy.done"]);
  }

  // --- another phone

  phone() {
    const { panel } = this;
    const { t } = panel;
    const heading = make("h2", { tabIndex: -1 }, t["phone.heading"]);
    this.given = make("p.code", { tabIndex: -1 });
    this.code = make("input", { id: "code", type: "text", value: panel.carried || "", autocomplete: "off", autocapitalize: "characters", spellcheck: false });
    this.wrong = make("p.note", { id: "wrong" });
    this.code.setAttribute("aria-describedby", "wrong");
    const give = panel.memory.state.token
      ? [make("p", {}, t["phone.give_hint"]), press("btn.plain", t["phone.get"], () => this.give())]
      : [make("p", {}, t["phone.none"])];
    const take = make("form", { noValidate: true, onsubmit: (event) => this.take(event) }, make("p", {}, t["phone.take_hint"]),
      make("label", { htmlFor: "code" }, t["phone.box"]), this.code, this.wrong, make("button.btn.plain", { type: "submit" }, t["phone.go"]));
    const scroll = make("div.scroll", {}, heading, make("div.opt", {}, make("h3", {}, t["phone.give"]), ...give, this.given),
      make("div.opt", {}, make("h3", {}, t["phone.take"]), take));
    empty(panel.optionsView);
    panel.optionsView.append(scroll, this.foot());
    heading.focus();
  }

  give() {
    const { t, talk } = this.panel;
    talk.call("POST", "code", {}).then((answer) => {
      empty(this.given);
      if (answer.status === 200) this.given.append(t["phone.code"] + " ", make("bdi.ref", { dir: "ltr" }, ...halves(answer.data.code)), make("small", {}, said(t["phone.code_hint"], answer.data)));
      else this.given.append(t["phone.fail"]);
      this.given.focus();
    });
  }

  // Nothing is used up before this button is pressed, however the code came here.
  take(event) {
    const { panel } = this;
    const { t, talk, memory } = panel;
    event.preventDefault();
    talk.call("POST", "session", { code: this.code.value }).then((answer) => {
      if (answer.status === 200) {
        panel.carried = "";
        memory.save({ token: answer.data.token, hidden: 0 });
        talk.start();
        panel.build();
        talk.soon();
        panel.box.focus();
      } else {
        const word = { 403: "wrong", 429: "many" }[answer.status] || "fail";
        this.wrong.textContent = t["phone." + word];
        panel.announce(t["phone." + word]);
        this.code.focus();
      }
    });
  }
}
