// Send a sheet without leaving the page: what comes next takes its place, and the keyboard goes on.
// Without this script the form is sent as any other.

const PARTS = ["way", "messages", "main"];
const READING = 1500; // milliseconds after which the sheet after this one is fetched

let sending = false;
let ahead; // the page of the next sheet, kept back: {address, page}
let timer;
let path = window.location.pathname; // of the sheet that is shown

const parsed = (text) => new DOMParser().parseFromString(text, "text/html");

// The parts of new pages in the place of the old ones, those of later pages last.
function show(pages, address) {
  for (const page of pages) {
    for (const id of PARTS) {
      const part = page.getElementById(id);
      if (part) document.getElementById(id)?.replaceChildren(...part.childNodes);
    }
  }
  document.title = pages[0].title.trim();
  document.body.className = pages[0].body.className;
  if (address) {
    window.history.pushState(null, "", address);
    path = window.location.pathname;
  }
  document.dispatchEvent(new Event("sheet"));
  const heading = document.querySelector("main h1");
  if (!heading || document.querySelector(".error-summary")) return;
  window.scrollTo(0, 0);
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

async function take(answer) {
  const to = answer.headers.get("HX-Redirect");
  if (to) return window.location.assign(to);
  if (answer.headers.get("HX-Refresh")) return window.location.reload();
  if (answer.status >= 500) throw new Error(answer.status);
  const address = answer.headers.get("HX-Push-Url");
  const page = parsed(await answer.text());
  if (ahead && answer.headers.get("X-Ahead") === ahead.address) return show([ahead.page, page], address);
  if (!page.getElementById("main")) throw new Error("no page");
  show([page], address);
}

async function send(form) {
  if (sending) return;
  sending = true;
  clearTimeout(timer);
  form.setAttribute("aria-busy", "true");
  try {
    const headers = { "HX-Request": "true", ...(ahead && { "X-Ahead": ahead.address }) };
    const body = new URLSearchParams(new FormData(form));
    await take(await fetch(form.action, { method: "POST", body, headers }));
  } catch {
    form.dispatchEvent(new Event("unsent"));
  } finally {
    sending = false;
    form.removeAttribute("aria-busy");
  }
}

// Other people's sheets alone; the server says no while places are rare.
async function fetchAhead(form) {
  const token = form.elements.csrfmiddlewaretoken.value;
  const headers = { "HX-Request": "true", "X-CSRFToken": token };
  const answer = await fetch(form.dataset.aheadUrl, { method: "POST", headers });
  const address = answer.headers.get("HX-Push-Url");
  if (answer.status === 200 && address) ahead = { address, page: parsed(await answer.text()) };
}

function start() {
  clearTimeout(timer);
  ahead = undefined;
  const form = document.getElementById("sheet");
  if (!form?.dataset.aheadUrl) return;
  timer = setTimeout(() => fetchAhead(form).catch(() => {}), READING);
}

document.addEventListener("submit", (event) => {
  if (event.target.id !== "sheet" || event.submitter?.hasAttribute("formaction")) return;
  event.preventDefault();
  send(event.target);
});
// The page of a sheet that was sent is not there any more: the server says what became of it. A link
// to another place of the same page is none of that.
window.addEventListener("popstate", () => {
  if (window.location.pathname !== path) window.location.reload();
});
document.addEventListener("sheet", start);
start();
