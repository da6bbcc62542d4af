// Show the name and size of a chosen file, and take files dropped anywhere on the frame.

const units = ["byte", "kilobyte", "megabyte", "gigabyte"];

function size(bytes) {
  const step = bytes ? Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3)) : 0;
  const style = { style: "unit", unit: units[step], unitDisplay: step ? "short" : "long", maximumFractionDigits: 1 };
  return new Intl.NumberFormat(document.documentElement.lang, { numberingSystem: "latn", ...style }).format(bytes / 1000 ** step);
}

function enhance(frame) {
  const input = frame.querySelector('input[type="file"]');
  const name = frame.querySelector("[data-filedrop-name]");
  if (!input || !name) return;
  frame.classList.add("filedrop-ready");
  const show = () => {
    name.textContent = [...input.files].map((file) => `${file.name} (${size(file.size)})`).join(", ");
  };
  const over = (on) => () => frame.classList.toggle("filedrop-over", on);
  input.addEventListener("change", show);
  input.addEventListener("dragenter", over(true));
  input.addEventListener("dragleave", over(false));
  input.addEventListener("drop", over(false));
  show();
}

const enhanceAll = (root) => root.querySelectorAll("[data-filedrop]:not(.filedrop-ready)").forEach(enhance);
enhanceAll(document);
document.addEventListener("htmx:load", (event) => enhanceAll(event.target));
