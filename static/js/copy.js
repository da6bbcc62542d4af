// Copy buttons: <button type="button" hidden data-copy="id of what is copied" data-copied="what it says then">.
// Without JavaScript, or without leave to use the clipboard, the text can still be selected.

function select(source) {
  if (source.select) {
    source.focus();
    source.select();
  } else {
    getSelection().selectAllChildren(source);
  }
}

async function copy(button, source) {
  try {
    await navigator.clipboard.writeText(source.value || source.textContent.trim());
    button.textContent = button.dataset.copied;
  } catch {
    // Only pages over HTTPS or of this machine may copy: select it, for the person to press the keys.
    select(source);
  }
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  if (!source) continue;
  button.hidden = false;
  button.addEventListener("click", () => copy(button, source));
}
