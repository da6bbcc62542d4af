// Times of the day as the reader's own clock shows them: <time datetime="..." data-clock>14:05 UTC</time>.
// Without JavaScript the page shows them in UTC, and says so.

const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

function show(root) {
  for (const time of root.querySelectorAll("time[data-clock]")) time.textContent = clock.format(new Date(time.dateTime));
}

show(document);
document.addEventListener("htmx:load", (event) => show(event.target));
