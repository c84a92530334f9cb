// The demo's page comes alive: what changes is looked at each second. Without a script it still works: each form posts, and
// the page comes back.

import { refresh } from "./look.js";
import { start as startPhones } from "./phones.js";
import { post, tell } from "./post.js";
import { start as startSaying } from "./saying.js";

const EVERY = 1000;

startPhones();
startSaying();

document.querySelector("form.clock").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await post(event.target.action, { step: event.submitter.value });
    await refresh();
  } catch (error) {
    tell(error.message);
  }
});

// The small print leads to the exact request below.
document.querySelector("main").addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#out-"], a[href^="#in-"]');
  const details = link && document.getElementById(link.hash.slice(1));
  if (!details) return;
  details.open = true;
  details.querySelector("summary").focus();
});

let silent = false;

async function beat() {
  if (!document.hidden) {
    try {
      await refresh();
      if (silent) tell();
      silent = false;
    } catch {
      silent = true;
      tell("The demo does not answer. Is it still running?");
    }
  }
  setTimeout(beat, EVERY);
}

beat();
