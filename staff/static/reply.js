// Answering a family, a little kinder where scripts run. Nothing here is needed: every act works without it. All that is shown
// is made on the server, by its clock.

// A reply that can still be taken back: its seconds run down on whatever page comes next.
for (const bar of document.querySelectorAll("[data-leaves]")) {
  const ends = performance.now() + 1000 * Number(bar.dataset.leaves);
  const [ring, number] = [bar.querySelector("circle + circle"), bar.querySelector("text")];
  const show = () => {
    const left = (ends - performance.now()) / 1000;
    number.textContent = String(Math.max(Math.ceil(left), 0));
    ring.setAttribute("stroke-dasharray", `${Math.max(left, 0) * 10} 100`);
    if (left > 0) return;
    clearInterval(ticking);
    const words = bar.querySelector(".es-undo__gone");
    words.hidden = false;
    bar.querySelector(".es-undo__words").hidden = true;
    if (bar.contains(document.activeElement)) {
      words.tabIndex = -1;
      words.focus();
    }
    bar.querySelector("form").remove();
  };
  const ticking = setInterval(show, 250);
  show();
}

// U takes it back, as it undoes the last thing in the review, unless keys are switched off there or text is being typed.
const press = document.querySelector("[data-leaves] form button");
const keysAreOff = document.querySelector('#review-page[data-keys="off"]') !== null;
if (press && !keysAreOff) {
  press.querySelector("[data-undo-key]").hidden = false;
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key.toLowerCase() !== "u" || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
      if (!press.isConnected || document.activeElement.matches("textarea, select, input:not([type=checkbox])")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      press.click();
    },
    true,
  );
}

// While somebody writes, the box says how long it is and what it costs, how long words may still go, and who else is writing.
const form = document.querySelector("[data-reply] [data-asks]");
if (form) {
  const words = form.querySelector("textarea");
  const send = form.querySelector("[data-send]");
  form.querySelector("[data-look]").classList.add("govuk-button--secondary");
  send.hidden = false;
  if (location.hash === "#reply") addEventListener("load", () => setTimeout(() => words.focus())); // after the browser has been to the heading

  let sent = words.value;
  let waiting = 0;
  const ask = async () => {
    clearTimeout(waiting);
    const fields = new URLSearchParams(new FormData(form));
    const headers = words.value === sent ? { "X-By-The-Clock": "yes" } : {}; // which keeps nobody signed in
    if (words.value !== sent) fields.set("new", "yes");
    sent = words.value;
    const answer = await fetch(form.dataset.asks, { method: "POST", body: fields, headers }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of ["reply-window", "reply-facts"]) document.getElementById(id).replaceWith(document.adoptNode(page.getElementById(id)));
    const [before, after] = [document.getElementById("reply-changes"), page.getElementById("reply-changes")];
    if (after.textContent.trim() && before.textContent.trim() !== after.textContent.trim()) before.replaceChildren(...after.childNodes);
    send.disabled = document.querySelector("#reply-window[data-shut]") !== null;
  };
  words.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 700);
  });
  setInterval(() => {
    if (!document.hidden) ask();
  }, 30000);
}
