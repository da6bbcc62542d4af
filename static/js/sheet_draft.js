// Keep what is entered: on the server a moment after each change, on this device until that worked.

const WAIT = 600;
const AWAY = 10 * 60 * 1000; // without a sign of life, somebody has left
const RETRY = [2, 5, 15, 30, 60].map((seconds) => seconds * 1000);

function keep(form, signal) {
  const state = form.querySelector("[data-draft-state]");
  const trouble = form.querySelector("[data-draft-trouble]");
  const revision = form.elements.revision;
  const place = `concord-sheet-${form.dataset.sheet}`;

  let timer;
  let failures = 0;
  let savedAt = 0;
  let changes = 0; // how often something was entered
  let kept = 0; // which of these the server has
  let saving = false;
  let unsent = false; // the person has pressed Send, and it did not arrive
  let closed = false; // nothing is saved any more: the page is being sent, or may not be

  // What a person entered, without the marks of the form itself.
  function entered() {
    const pairs = [...new FormData(form)];
    return pairs.filter(([name, value]) => value && name !== "csrfmiddlewaretoken" && name !== "revision");
  }

  function fillIn(pairs) {
    const values = new Map(pairs);
    for (const field of form.elements) {
      if (field.type === "radio") field.checked = values.get(field.name) === field.value;
      else if (field.type === "textarea" || field.type === "select-one") field.value = values.get(field.name) ?? "";
    }
    form.dispatchEvent(new Event("filled"));
  }

  // A browser may forbid to keep things (private windows): then the server alone keeps them.
  function onDevice(act) {
    try {
      return act(window.localStorage);
    } catch {
      return null;
    }
  }

  const remember = () =>
    onDevice((store) => store.setItem(place, JSON.stringify({ revision: revision.value, entered: entered() })));
  const forget = () => onDevice((store) => store.removeItem(place));
  const remembered = () => onDevice((store) => JSON.parse(store.getItem(place)));

  function tell(given) {
    const name = unsent ? "unsent" : given;
    if (trouble.dataset.shown === (name ?? "")) return;
    trouble.dataset.shown = name ?? "";
    trouble.replaceChildren();
    const words = name && document.querySelector(`template[data-trouble="${name}"]`);
    if (words) trouble.append(words.content.cloneNode(true));
  }

  function showTime() {
    if (!savedAt) return;
    const seconds = Math.round((Date.now() - savedAt) / 1000);
    const ago = new Intl.RelativeTimeFormat(document.documentElement.lang, { numberingSystem: "latn" });
    let when = state.dataset.now;
    if (seconds >= 60) when = ago.format(-Math.floor(seconds / 60), "minute");
    else if (seconds >= 2) when = ago.format(-seconds, "second");
    state.textContent = state.dataset.saved.replace("{when}", when);
  }

  function later(milliseconds) {
    clearTimeout(timer);
    if (!closed) timer = setTimeout(save, milliseconds);
  }

  function changed() {
    changes += 1;
    remember();
    later(WAIT);
  }

  async function save() {
    clearTimeout(timer);
    if (saving || closed || kept === changes) return;
    saving = true;
    const sent = changes;
    try {
      const answer = await fetch(form.dataset.draftUrl, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { Accept: "application/json" },
        keepalive: document.visibilityState === "hidden", // only small ones may outlive the page
      });
      await settle(answer, sent);
    } catch {
      failed("offline");
    } finally {
      saving = false;
    }
    if (!failures && kept !== changes) later(WAIT);
  }

  async function settle(answer, sent) {
    const told = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : {};
    if (answer.ok && told.revision) {
      kept = sent;
      failures = 0;
      savedAt = Date.now();
      revision.value = told.revision;
      if (kept === changes) forget();
      else remember();
      tell(null);
      showTime();
    } else if (answer.status === 409) {
      stop("newer");
      trouble.dataset.revision = told.revision;
    } else if (told.why === "sent") {
      forget();
      stop(null);
    } else if (answer.status === 403 && !told.why) {
      failed("stranger");
    } else if (answer.status < 500) {
      stop("closed");
    } else {
      failed("offline");
    }
  }

  function failed(why) {
    tell(why);
    later(RETRY[Math.min(failures, RETRY.length - 1)]);
    failures += 1;
  }

  function stop(why) {
    closed = true;
    clearTimeout(timer);
    tell(why);
  }

  form.addEventListener("input", changed);
  form.addEventListener("unsent", () => {
    closed = false;
    unsent = true;
    changes += 1;
    failed("offline");
  });
  form.addEventListener("submit", () => {
    // The page itself brings everything along; if it does not arrive, this device still has it.
    unsent = false;
    if (kept !== changes) remember();
    stop(null);
  });
  trouble.addEventListener("click", ({ target }) => {
    if (target.closest("[data-use-newer]")) {
      forget();
      window.location.reload();
    }
    if (target.closest("[data-keep-these]")) {
      revision.value = trouble.dataset.revision;
      closed = false;
      changed();
      save();
      form.querySelector("[type=submit]").focus();
    }
  });
  window.addEventListener("online", save, { signal });
  document.addEventListener(
    "visibilitychange",
    () => {
      if (document.visibilityState === "hidden") save();
    },
    { signal },
  );
  const clock = setInterval(showTime, 1000);

  // Whoever reads for long keeps the page; a page that nobody looks at any more goes to somebody else.
  let seenAt = Date.now();
  for (const sign of ["keydown", "pointermove", "scroll"])
    document.addEventListener(sign, () => (seenAt = Date.now()), { signal, passive: true, capture: true });
  const heart = setInterval(() => {
    const here = document.visibilityState === "visible" && Date.now() - seenAt < AWAY;
    if (here && !closed) beat().catch(() => {});
  }, 1000 * form.dataset.beatSeconds);

  async function beat() {
    const token = form.elements.csrfmiddlewaretoken.value;
    const answer = await fetch(form.dataset.beatUrl, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": token },
    });
    if (answer.status === 410) stop("closed");
  }

  signal.addEventListener("abort", () => {
    closed = true;
    clearTimeout(timer);
    clearInterval(clock);
    clearInterval(heart);
  });

  const left = remembered();
  if (left && JSON.stringify(left.entered) !== JSON.stringify(entered())) {
    const wasNewer = left.revision === revision.value;
    fillIn(left.entered);
    changes += 1;
    if (wasNewer) later(0);
    else {
      trouble.dataset.revision = revision.value;
      stop("newer");
    }
  } else forget();
}

let shown;
function start() {
  shown?.abort();
  shown = new AbortController();
  const form = document.querySelector("form[data-draft-url]");
  if (form) keep(form, shown.signal);
}

window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload(); // the server knows better what is sent and saved
});
document.addEventListener("sheet", start);
start();
