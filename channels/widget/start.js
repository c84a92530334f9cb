// Opens the panel for the loader: words and styles are fetched together, then everything is joined.

import { Aloud } from "./aloud.js";
import { leaving } from "./leaving.js";
import { Memory, NAME } from "./memory.js";
import { Options } from "./options.js";
import { Panel } from "./panel.js";
import { make } from "./parts.js";
import { Talk } from "./talk.js";

const FILES = {FILES};
const EASY = "en-x-easyread";
const CARRY = "#" + NAME + "=";

const json = (url) => fetch(url, { credentials: "omit" }).then((answer) => {
  if (!answer.ok) throw new Error(url);
  return answer.json();
});

// Into the shadow root, so that neither page nor panel styles the other; a linked sheet where a browser is older.
function dress(root, url) {
  const linked = () => new Promise((done) => {
    root.append(make("link", { rel: "stylesheet", href: url, onload: done, onerror: done }));
  });
  if (!("adoptedStyleSheets" in root)) return linked();
  return fetch(url, { credentials: "omit" }).then((answer) => answer.text()).then((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  }).catch(linked);
}

function localeFor(element, memory) {
  const wanted = memory.state.locale || element.lang || document.documentElement.lang || "en";
  const known = FILES.locales.map((one) => one.locale);
  return [wanted, wanted.slice(0, 2), known[0]].filter((locale) => known.indexOf(locale) >= 0)[0];
}

function join(element, parts, files) {
  const memory = new Memory();
  const { region, root, button } = parts;
  const api = new URL(element.getAttribute("api") || "../", files);
  const panel = new Panel({ region, root, button, memory, plain: element.querySelector("a[href]").href });
  const load = (locale) => Promise.all([
    json(files + FILES.words[locale]),
    locale === EASY && !panel.pictures ? json(files + FILES.pictures).catch(() => null) : panel.pictures,
  ]).then(([words, pictures]) => Object.assign(panel, { locale, words, pictures }));
  panel.talk = new Talk(new URL("api/chat/", api).href, memory, panel);
  panel.aloud = new Aloud(() => { panel.quiet.hidden = !panel.aloud.left; });
  panel.options = new Options(panel, FILES.locales, (locale) => load(locale).then(() => {
    memory.save({ locale });
    const field = root.activeElement && root.activeElement.id;
    const wasOpen = !panel.optionsView.hidden;
    panel.build();
    if (wasOpen) panel.options.toggle();
    else panel.box.focus();
    if (field && root.getElementById(field)) root.getElementById(field).focus();
  }));
  panel.close = () => {
    panel.shown = false;
    panel.aloud.stop();
    panel.talk.pause();
    panel.frame.hidden = true;
    button.setAttribute("aria-expanded", "false");
    region.setAttribute("aria-label", button.textContent);
    memory.save({ open: false });
    button.focus();
  };
  panel.leave = leaving(panel, () => {
    panel.aloud.stop();
    panel.talk.end();
    const text = panel.t["leave.gone"];
    region.textContent = "";
    region.append(make("div.cover", {}, text));
    memory.forget();
  });
  watch(panel);
  return load(localeFor(element, memory)).then(() => {
    panel.carried = carried();
    panel.build();
    return panel;
  });
}

// A link may bring a code in its last part, which no server sees; it is taken out of the address at once, and used by a press.
function carried() {
  if (location.hash.indexOf(CARRY)) return "";
  const code = decodeURIComponent(location.hash.slice(CARRY.length)).replace(/[-+]/g, " ");
  history.replaceState(null, "", location.pathname + location.search);
  return code;
}

function watch(panel) {
  const { memory, talk } = panel;
  const go = () => { talk.pump(); if (panel.isOpen()) talk.soon(); };
  addEventListener("online", go);
  if (self.visualViewport) ["resize", "scroll"].forEach((name) => visualViewport.addEventListener(name, () => { if (panel.isOpen()) panel.fit(); }));
  document.addEventListener("visibilitychange", () => { if (document.hidden) talk.pause(); else go(); });
  addEventListener("storage", (event) => {
    if (event.key !== NAME) return;
    const news = JSON.parse(event.newValue || "{}");
    if (news.gone && news.gone === memory.state.token) {
      // Left in another tab: on this one nothing of it is to be read either.
      memory.clear();
      talk.start();
      panel.build();
      if (panel.isOpen()) panel.close();
    } else if (!event.newValue) {
      memory.save({ remember: false });
    } else if (memory.adopt(news)) {
      talk.start();
      talk.soon();
    }
  });
}

export function open(element, parts, files, pressed) {
  element.ready = element.ready || Promise.all([join(element, parts, files), dress(parts.root, files + FILES.style)]).then(([panel]) => panel);
  return element.ready.then((panel) => {
    panel.show(pressed);
    panel.talk.pump();
    if (panel.carried) {
      panel.options.toggle();
      panel.options.phone();
    }
  }, (error) => {
    element.ready = null;
    throw error;
  });
}
