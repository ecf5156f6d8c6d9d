// One key for each thing on the page that carries data-key; without script the same things are there to press.

// What is typed into a field is text and nothing else.
function isTyping(target) {
  return target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") !== null;
}

function press(thing) {
  if (!(thing instanceof HTMLDetailsElement)) {
    thing.click();
    return;
  }
  thing.open = !thing.open;
  const first = thing.open ? thing.querySelector("input:not([type=hidden]), textarea") : thing.querySelector("summary");
  (first ?? thing.querySelector("summary")).focus();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && isTyping(event.target)) {
    event.target.blur();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat || isTyping(event.target)) {
    return;
  }
  const things = [...document.querySelectorAll("[data-key]")];
  const thing = things.find((candidate) => candidate.dataset.key === event.key.toLowerCase());
  if (thing) {
    event.preventDefault();
    press(thing);
  }
});
