// Sortable tables: <table data-sortable>. Cells of class "num" sort as numbers, those without a value last.

const text = (row, column) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
const number = (row, column) => Number.parseFloat(text(row, column).replace(/[^\d.eE+-]/g, ""));

function byNumber(column, sign) {
  return (one, two) => {
    const [a, b] = [number(one, column), number(two, column)];
    if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) - Number.isNaN(b);
    return sign * (a - b);
  };
}

function byText(column, sign) {
  const { compare } = new Intl.Collator(document.documentElement.lang, { numeric: true });
  return (one, two) => sign * compare(text(one, column), text(two, column));
}

function sort(table, heading) {
  const order = heading.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
  const by = heading.classList.contains("num") ? byNumber : byText;
  const body = table.tBodies[0];
  body.append(...[...body.rows].sort(by(heading.cellIndex, order === "ascending" ? 1 : -1)));
  for (const other of table.tHead.querySelectorAll("th")) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", order);
}

for (const table of document.querySelectorAll("table[data-sortable]")) {
  for (const heading of table.tHead.querySelectorAll("th:not([data-unsorted])")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => sort(table, heading));
  }
}
