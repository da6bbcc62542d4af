// A table that is swapped for a newer one stays scrolled aside as far as it was.

let aside = [];

document.addEventListener("htmx:beforeSwap", (event) => {
  const tables = event.detail.target.querySelectorAll(".table-scroll[id]");
  aside = [...tables].map((one) => [one.id, one.scrollLeft]);
});

document.addEventListener("htmx:afterSettle", () => {
  for (const [id, far] of aside) {
    const one = document.getElementById(id);
    if (one) one.scrollLeft = far;
  }
  aside = [];
});
