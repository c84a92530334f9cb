// Makes the pages a little kinder where scripts run. Nothing here is needed: every act works without it.
import { Button, ErrorSummary, SkipLink, createAll } from "./vendor/govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
createAll(Button); // a second press within a second is not a second act
createAll(ErrorSummary); // takes the focus, and leads to the field rather than past it
createAll(SkipLink);

// The fold of the menu lies over the page: it shuts when the work goes on elsewhere, and by Escape.
const more = document.querySelector(".es-more");
if (more) {
  const shut = (event) => {
    if (event.key === "Escape" && more.contains(document.activeElement)) more.firstElementChild.focus();
    else if (event.key || more.contains(event.target)) return;
    more.open = false;
  };
  for (const kind of ["click", "focusin", "keydown"]) document.addEventListener(kind, shut);
}

// While the page of an experience is open, the others are told so, and it says who else has it open.
const looking = document.getElementById("looking");
if (looking) {
  setInterval(async () => {
    if (document.hidden) return;
    const answer = await fetch(looking.dataset.asks, { method: "POST", headers: { "X-CSRFToken": looking.dataset.token, "X-By-The-Clock": "yes" } }).catch(() => null);
    if (answer?.ok && !answer.redirected) looking.innerHTML = await answer.text(); // our own words and colleagues' names, escaped
  }, 45000);
}

// The line that says what was just done: while the focus is in it, where it is put, U presses its button.
document.addEventListener("keydown", (event) => {
  const told = document.getElementById("told");
  if (!told?.contains(document.activeElement) || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  const pressed = told.querySelector(`[data-told-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!pressed) return;
  event.preventDefault();
  pressed.click();
});

// Reviewing. A key presses the button it stands on, while the focus is in the review and no text is being typed.
document.addEventListener("keydown", (event) => {
  const review = document.querySelector('#review-page[data-keys="on"]');
  if (!review || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
  const at = document.activeElement;
  if (!review.contains(at) || at.matches("textarea, select, input:not([type=checkbox])")) return;
  const pressed = review.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!pressed) return;
  event.preventDefault();
  pressed.click();
});

// A form of the review is sent without leaving the page: the next passage takes its place, the focus goes to its heading,
// and the one live region says what was done. Whatever goes wrong, the form is sent as it would be without scripts.
let isSending = false;
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-onward]")) return;
  event.preventDefault();
  if (isSending) return;
  isSending = true;
  const fields = new URLSearchParams(new FormData(form, event.submitter));
  try {
    const answer = await fetch(form.action, { method: "POST", body: fields });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.querySelector("#review-page");
    if (!answer.ok || !next) {
      location.assign(answer.ok ? answer.url : location.href);
      return;
    }
    document.querySelector("#review-page").replaceWith(document.adoptNode(next));
    document.title = next.dataset.title;
    history.replaceState(null, "", answer.url.split("#")[0]);
    document.querySelector("#told").replaceChildren(...page.querySelector("#told").childNodes);
    document.querySelector("#passage-heading").focus({ preventScroll: true });
    document.querySelector("#told").scrollIntoView();
  } catch {
    for (const [name, value] of fields) {
      if (!form.querySelector(`[name="${CSS.escape(name)}"]:not(button)`)) {
        form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
      }
    }
    form.submit();
  } finally {
    isSending = false;
  }
});
