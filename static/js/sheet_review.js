// Review: show where the machine read a sentence, and ask what is wrong only where something is.

let form; // the sheet that is shown

function show(link) {
  for (const marked of document.querySelectorAll(".turn-evidence")) marked.classList.remove("turn-evidence");
  document.querySelector(".sheet-back")?.remove();
  const turns = link.dataset.evidence.trim().split(" ").map((id) => document.getElementById(id)).filter(Boolean);
  for (const turn of turns) turn.classList.add("turn-evidence");
  const first = turns[0];
  if (!first) return;
  const back = document.createElement("a");
  back.className = "sheet-back";
  back.href = `#${link.closest("[data-item]").id}`;
  back.textContent = form.dataset.back;
  first.append(back);
  first.focus({ preventScroll: true });
  first.scrollIntoView({ block: "nearest", behavior: "smooth" });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-evidence]");
  if (link) {
    event.preventDefault();
    show(link);
  }
});

// A hidden reason is not sent; it comes back with the answer that it belongs to.
function ask() {
  for (const field of form.querySelectorAll("[data-error-code]")) {
    const wrong = field.closest("[data-item]").querySelector(".choice-wrong :checked");
    field.querySelector("select").disabled = !wrong;
  }
}

function start() {
  form = document.getElementById("sheet");
  if (!form) return;
  for (const change of ["change", "filled"]) form.addEventListener(change, ask);
  ask();
}

document.addEventListener("sheet", start);
start();
