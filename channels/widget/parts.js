// The few ways in which elements are made here. Words go in as text only, so no page's policy is in their way.

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  leave: ["M10 4H5v16h5", "M10 12h10M16 8l4 4-4 4"],
  options: ["M4 7h9M19 7h1M4 17h1M11 17h9", "M18.600 7a2.600 2.600 0 1 1-5.200 0a2.600 2.600 0 1 1 5.200 0", "M10.600 17a2.600 2.600 0 1 1-5.200 0a2.600 2.600 0 1 1 5.200 0"],
  close: ["M6 6l12 12M18 6L6 18"],
};

// make("button.choice", { type: "button", onclick }, ...children): a tag with its classes, properties, what is in it.
export function make(what, how, ...inside) {
  const [tag, ...classes] = what.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  Object.keys(how || {}).forEach((name) => {
    if (name in element) element[name] = how[name];
    else element.setAttribute(name, how[name]);
  });
  element.append(...inside);
  return element;
}

export function press(what, text, onclick, how) {
  return make("button." + what, { type: "button", onclick, ...how }, text);
}

export function drawing(size, className, paths) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 " + size + " " + size);
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  paths.forEach((path) => {
    const drawn = svg.appendChild(document.createElementNS(SVG, "path"));
    const [d, look] = path.split("|");
    drawn.setAttribute("d", d);
    if (look) drawn.setAttribute("class", look);
  });
  return svg;
}

// The question in a text that says more: what was thanked for before it may no longer be so.
export const questionIn = (text) => (text.match(/[^.?!؟\n]+[?؟]/g) || [text]).pop().trim();

// A text with its {placeholders} filled.
export const said = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

export const icon = (name) => drawing(24, "icon", ICONS[name]);

export function empty(element) {
  while (element.firstChild) element.firstChild.remove();
}

// A text as paragraphs, where it must be easy one sentence each; a reference stays in one piece and is easy to find.
export function paragraphs(text, easy) {
  const lines = text.split("\n").filter((line) => line.trim());
  const pieces = easy ? lines.join("\n").split(/(?:\n|([^.?!؟]+[.?!؟]+["”’]?(?=\s|$)))/).filter((piece) => piece && piece.trim()) : lines;
  return pieces.map((piece) => make("p", { dir: "auto" }, ...piece.trim().split(/\b([A-Z]{4,7} \d{3})\b/).map((part, at) => (
    at % 2 ? make("bdi.ref", { dir: "ltr" }, part) : part))));
}
