// Tell how many characters are left in a text with data-most, and in the whole summary: comfort only, the server counts too.
const shown = new Intl.NumberFormat(document.documentElement.lang || "vi");

function words(source, left) {
  const text = left < 0 ? source.dataset.over : source.dataset.left;
  return text.replace("{n}", shown.format(Math.abs(left)));
}

const size = (text) => Array.from(text.value).length;
const texts = [...document.querySelectorAll("textarea[data-most]")];
const whole = document.querySelector("[data-whole]");

function total() {
  if (whole) {
    const sum = texts.reduce((count, text) => count + size(text), 0);
    whole.textContent = words(whole, Number(whole.dataset.whole) - sum);
  }
}

for (const text of texts) {
  const note = document.createElement("p");
  note.className = "hint";
  text.after(note);
  const count = () => {
    note.textContent = words(text, Number(text.dataset.most) - size(text));
    total();
  };
  text.addEventListener("input", count);
  count();
}
