// The four phones: what is written or pressed on one goes to the service, and the page shows what came of it.

import { refresh } from "./look.js";
import { post, tell } from "./post.js";

async function send(form, fields) {
  const box = document.getElementById(`say-${form.dataset.channel}`);
  const button = box.form.querySelector("button");
  if (button.disabled) return;
  button.disabled = true;
  try {
    await post(form.action, fields);
    if (fields.text) box.value = "";
    tell();
    await refresh();
  } catch (error) {
    tell(error.message);
  } finally {
    button.disabled = false;
    box.focus({ preventScroll: true });
  }
}

function onEnter(event) {
  const box = event.target.closest("textarea");
  if (box && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    box.form.requestSubmit();
  }
}

export function start() {
  const phones = document.getElementById("phones");
  phones.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    const text = form.elements.text?.value.trim();
    const press = event.submitter?.name === "press" ? event.submitter.value : "";
    if (press) send(form, { press });
    else if (text) send(form, { text });
  });
  phones.addEventListener("keydown", onEnter);
  document.getElementById("say-all").addEventListener("keydown", onEnter);
}
