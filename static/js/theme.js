// The theme picker without a new page, so that half-written answers stay where they are.

const form = document.getElementById("theme");

form?.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (!button?.value) return;
  event.preventDefault();
  const body = new FormData(form, button);
  const theme = button.value;
  const root = document.documentElement;
  if (theme === "auto") root.removeAttribute("data-theme");
  else root.dataset.theme = theme;
  document.querySelector('meta[name="color-scheme"]').content =
    theme === "light" || theme === "dark" ? theme : "light dark";
  for (const other of form.querySelectorAll("button")) {
    other.setAttribute("aria-pressed", String(other === button));
  }
  await fetch(form.action, { method: "POST", body, redirect: "manual" });
});
