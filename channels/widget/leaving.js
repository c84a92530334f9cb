// Leave this page: what is on the screen goes first, then what is stored, then the page. Shift three times does the same.

const SOON = 5000;

export function leaving(panel, away) {
  let presses = 0;
  let last = 0;
  let gone = "";

  function leave(event) {
    if (event) event.preventDefault();
    gone = panel.t["leave.url"];
    document.title = "\u200b";
    away(); // hides, then forgets
    // Not onto the history: Back from there must not lead here.
    location.replace(gone);
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Shift" || !panel.isOpen()) {
      presses = 0;
    } else if (!event.repeat) {
      presses = event.timeStamp - last < SOON ? presses + 1 : 1;
      last = event.timeStamp;
      if (presses >= 3) leave();
    }
  });
  // Nor may the browser's memory bring the words up again.
  addEventListener("pageshow", (event) => { if (event.persisted && gone) location.replace(gone); });
  return leave;
}
