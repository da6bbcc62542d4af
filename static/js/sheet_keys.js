// Keys of a sheet, off while somebody types; and how many questions are answered.

const sheet = document.getElementById("keys");
const on = document.getElementById("keys-on");
let form; // the sheet that is shown
const off = "concord-keys-off";

const items = () => [...form.querySelectorAll("[data-item]")].filter((item) => item.checkVisibility());
const here = () => items().findIndex((item) => item.contains(document.activeElement));

function read() {
  try {
    return window.localStorage.getItem(off) === null;
  } catch {
    return true;
  }
}

function go(step) {
  const all = items();
  const at = here();
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step;
  all[next]?.focus();
}

function choose(digit) {
  const item = items()[Math.max(here(), 0)];
  const choice = item?.querySelectorAll('input[type="radio"]')[digit - 1];
  if (!choice) return false;
  if (here() < 0) item.focus();
  choice.click();
  return true;
}

function typing(target) {
  return target.matches("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])");
}

// What a single key does; false where it does nothing and belongs to the browser.
function press(event) {
  const between = !event.target.matches("input");
  if (/^[1-9]$/.test(event.key)) return choose(Number(event.key));
  switch (event.key.length === 1 ? event.key.toLowerCase() : event.key) {
    case "ArrowDown":
    case "ArrowUp":
      if (!between || here() < 0) return false;
      return go(event.key === "ArrowDown" ? 1 : -1), true;
    case "j":
      return go(1), true;
    case "k":
      return go(-1), true;
    case "s":
      return document.querySelector("[data-skip]").click(), true;
    case "?":
      return sheet.showModal(), true;
    default:
      return false;
  }
}

document.addEventListener("keydown", (event) => {
  if (!form || sheet.open || event.defaultPrevented) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    form.requestSubmit();
  } else if (!event.ctrlKey && !event.metaKey && !event.altKey && on.checked && !typing(event.target)) {
    if (press(event)) event.preventDefault();
  }
});

on.checked = read();
on.addEventListener("change", () => {
  try {
    if (on.checked) window.localStorage.removeItem(off);
    else window.localStorage.setItem(off, "1");
  } catch {
    // A private window remembers nothing: the choice holds for this page.
  }
});

function tally() {
  const asked = items().filter((item) => item.querySelector('input[type="radio"]'));
  const done = asked.filter((item) => item.querySelector('input[type="radio"]:checked'));
  const count = form.querySelector("[data-count]");
  count.textContent = count.dataset.count.replace("{done}", done.length).replace("{all}", asked.length);
}

function start() {
  form = document.getElementById("sheet");
  if (form) {
    for (const change of ["input", "filled"]) form.addEventListener(change, tally);
    form.addEventListener("toggle", tally, true);
    tally();
    const button = document.querySelector("[data-keys]");
    button.hidden = false;
    button.addEventListener("click", () => sheet.showModal());
  }
  // What is to be corrected comes first.
  document.querySelector(".error-summary")?.focus();
}

document.addEventListener("sheet", start);
start();
