// Leave this page, faster than a link: what is on the screen goes first, and the way back does not lead here.
// Without this file the link still leaves; the whole talk works with scripts off.
"use strict";
(function () {
  var link = document.getElementById("leave");
  var presses = 0;
  var last = 0;

  function leave(event) {
    if (event) { event.preventDefault(); }
    document.documentElement.classList.add("gone");
    document.title = "\u200b";
    // The cookie of this talk is ours to take back: the page cannot see it.
    if (navigator.sendBeacon) { navigator.sendBeacon(link.href); }
    window.location.replace(link.dataset.to);
  }

  if (!link) { return; }
  link.addEventListener("click", leave);
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Shift") { presses = 0; return; }
    if (event.repeat) { return; }
    presses = event.timeStamp - last < 5000 ? presses + 1 : 1;
    last = event.timeStamp;
    if (presses >= 3) { leave(); }
  });
  // Back must not bring the words up again from the browser's memory.
  window.addEventListener("pageshow", function (event) {
    if (event.persisted && document.documentElement.classList.contains("gone")) { window.location.replace(link.dataset.to); }
  });
  var keys = document.getElementById("leave-keys");
  if (keys) { keys.hidden = false; }
})();
