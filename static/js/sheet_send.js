// Send a sheet without leaving the page: what comes next takes its place, and the keyboard goes on.
// Without this script the form is sent as any other.

const PARTS = ["way", "messages", "main"];
let sending = false;

// The new parts in the place of the old ones; false where the answer is no page of ours.
function show(text, address) {
  const page = new DOMParser().parseFromString(text, "text/html");
  if (!page.getElementById("main")) return false;
  for (const id of PARTS) {
    const part = page.getElementById(id);
    if (part) document.getElementById(id)?.replaceChildren(...part.childNodes);
  }
  document.title = page.title.trim();
  document.body.className = page.body.className;
  if (address) window.history.pushState(null, "", address);
  document.dispatchEvent(new Event("sheet"));
  const heading = document.querySelector("main h1");
  if (!heading || document.querySelector(".error-summary")) return true;
  window.scrollTo(0, 0);
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  return true;
}

async function send(form) {
  if (sending) return;
  sending = true;
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { "HX-Request": "true" },
    });
    const to = answer.headers.get("HX-Redirect");
    if (to) window.location.assign(to);
    else if (answer.headers.get("HX-Refresh")) window.location.reload();
    else if (answer.status >= 500 || !show(await answer.text(), answer.headers.get("HX-Push-Url")))
      form.dispatchEvent(new Event("unsent"));
  } catch {
    form.dispatchEvent(new Event("unsent"));
  } finally {
    sending = false;
    form.removeAttribute("aria-busy");
  }
}

document.addEventListener("submit", (event) => {
  if (event.target.id !== "sheet" || event.submitter?.hasAttribute("formaction")) return;
  event.preventDefault();
  send(event.target);
});
// The page of a sheet that was sent is not there any more: the server says what became of it.
window.addEventListener("popstate", () => window.location.reload());
