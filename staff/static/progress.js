// A page of long work follows it. Every few seconds the page is asked for again, and what says how far it is takes the place
// of what stood there. The one live region speaks at each tenth and at the end; without scripts there is a link to look again.
const EVERY = 2500;
const says = document.getElementById("progress-says");
let tenth = document.getElementById("progress")?.dataset.tenth;

const look = async () => {
  const now = document.getElementById("progress");
  if (!now || !("goesOn" in now.dataset)) return;
  if (!document.hidden) {
    const answer = await fetch(location.pathname, { headers: { "X-By-The-Clock": "yes" } }).catch(() => null);
    const page = answer?.ok && !answer.redirected && new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page && page.getElementById("progress");
    if (next) {
      const held = now.contains(document.activeElement) ? document.activeElement.textContent : null;
      now.replaceWith(document.adoptNode(next));
      document.title = page.title;
      if (held !== null) {
        const same = [...next.querySelectorAll("a, button")].find((each) => each.textContent === held);
        (same ?? document.getElementById("job-heading")).focus({ preventScroll: true });
      }
      if (next.dataset.tenth !== tenth || !("goesOn" in next.dataset)) says.textContent = next.dataset.says;
      tenth = next.dataset.tenth;
    }
  }
  setTimeout(look, EVERY);
};
setTimeout(look, EVERY);
