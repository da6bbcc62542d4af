// The chat: answers as they are written, a box that keeps its text, Enter to send.

const form = document.getElementById("say");
const box = document.getElementById("text");
const said = document.getElementById("said");
const RETRY = 3000; // milliseconds until the stored text is looked at, where no stream comes
const NEAR = 200; // pixels from the end within which the page follows the answer

let source = null;
let pinned = true;
let awaiting = false;
let sent = "";

const turns = () => document.getElementById("turns");
const foot = () => document.getElementById("say-foot");
const isClosed = () => foot()?.hasAttribute("data-closed") ?? false;
const look = () => window.htmx.trigger(turns(), "look");
const isNearEnd = () => innerHeight + scrollY > document.documentElement.scrollHeight - NEAR;
const follow = () => pinned && scrollTo({ top: document.documentElement.scrollHeight });

// The answer, piece by piece. Offsets count whole characters, as Array.from does.
function listen(turn) {
  const target = turn.querySelector("[data-stream-text]");
  let shown = [];
  let drawn = true;
  const draw = () => {
    drawn = true;
    pinned = isNearEnd();
    target.textContent = shown.join("");
    follow();
  };
  source?.close();
  source = new EventSource(turn.dataset.stream);
  source.addEventListener("text", (event) => {
    const { at, text } = JSON.parse(event.data);
    shown = [...shown.slice(0, at), ...text];
    if (drawn) requestAnimationFrame(draw);
    drawn = false;
  });
  source.addEventListener("end", () => {
    source.close();
    look();
  });
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(look, RETRY);
  });
}

// What the page shows has changed: listen to the answer that is to come, or read out the one that came.
function settle() {
  const pending = turns().querySelector("[data-stream]");
  const button = form?.querySelector("button[type=submit]");
  button?.toggleAttribute("aria-disabled", isClosed());
  if (isClosed()) button?.setAttribute("aria-disabled", "true");
  if (pending) {
    awaiting = true;
    listen(pending);
  } else if (awaiting) {
    awaiting = false;
    source?.close();
    said.textContent = turns().querySelector("li:last-child .turn-text")?.textContent ?? "";
  }
}

// The draft: kept in this tab for its person and place in the conversation, and gone once it was sent.
const key = () => `draft ${form.dataset.person} ${form.action} ${foot().querySelector("[name=position]").value}`;
const keep = () => sessionStorage.setItem(key(), box.value);

function restore() {
  if (box.value) keep();
  else box.value = sessionStorage.getItem(key()) ?? "";
}

function wire() {
  restore();
  box.addEventListener("input", keep);
  box.addEventListener("keydown", (event) => {
    const plain = !event.shiftKey && !event.ctrlKey && !event.altKey && !event.isComposing;
    if (event.key !== "Enter" || !plain || matchMedia("(hover: none) and (pointer: coarse)").matches) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt !== form) return;
    if (isClosed()) {
      event.preventDefault();
      return;
    }
    // The box is free for the next message at once; what was not taken comes back into it.
    sent = box.value;
    box.value = "";
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt !== form) return;
    const { status } = event.detail.xhr;
    const isTaken = status >= 200 && status < 300;
    if (isTaken) pinned = true;
    else box.value = [sent, box.value].filter(Boolean).join("\n");
    if (box.value) keep();
    foot().querySelector("[data-unsent]").hidden = status > 0 && status < 500;
  });
}

document.addEventListener("htmx:beforeSwap", (event) => {
  pinned = isNearEnd();
  // A message that was not taken comes back with the reason; any other refusal is a page of its own.
  const { xhr } = event.detail;
  if (xhr.status === 409 || xhr.status === 422) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  } else if (xhr.status >= 400 && xhr.status < 500) location.reload();
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt !== turns() && event.target !== turns()) return;
  settle();
  const notice = document.querySelector("#beside :is(.alert, .fault)");
  if (notice) notice.scrollIntoView({ block: "center" });
  else follow();
  if (form && !form.contains(document.activeElement) && document.activeElement === document.body) box.focus();
});

document.documentElement.classList.add("has-script");
if (form) wire();
settle();
if (turns().querySelector(".turn")) scrollTo({ top: document.documentElement.scrollHeight });
