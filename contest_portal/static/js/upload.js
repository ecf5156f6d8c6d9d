// Send each file by itself and show how far it is; a file that is refused gets its own sentence, the others stay.
// Without this script the form sends all of them at once, and the server answers with the same sentences.
const place = document.querySelector("[data-upload]");
const form = place?.querySelector("form");
const input = form?.querySelector("input[type=file]");

function say(key, name, percent = 0) {
  return place.dataset[key].replace("{name}", name).replace("{percent}", String(percent));
}

function lineFor(name) {
  const line = document.createElement("div");
  const text = document.createElement("p");
  const bar = document.createElement("progress");
  line.className = "upload-line";
  text.setAttribute("role", "status");
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute("aria-label", name);
  text.textContent = say("sending", name, 0);
  line.append(text, bar);
  input.closest(".field").after(line);
  return { text, bar };
}

function refuse(line, sentence) {
  line.bar.remove();
  line.text.className = "field-error";
  line.text.textContent = sentence;
  return false;
}

function answered(request, line, name) {
  if (request.status === 413) {
    return refuse(line, say("large", name));
  }
  const told = request.response;
  if (!told || !Array.isArray(told.refused)) {
    return refuse(line, say("broken", name));
  }
  if (told.refused.length > 0) {
    return refuse(line, told.refused.join(" "));
  }
  line.bar.value = 100;
  line.text.textContent = say("saved", name);
  return true;
}

function send(file) {
  const line = lineFor(file.name);
  if (file.size > Number(place.dataset.most)) {
    return Promise.resolve(refuse(line, say("large", file.name)));
  }
  const data = new FormData(form);
  data.delete(input.name);
  data.append(input.name, file, file.name);
  data.delete("link");
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action || window.location.href);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      const percent = event.lengthComputable ? Math.floor((100 * event.loaded) / event.total) : 0;
      line.bar.value = percent;
      line.text.textContent = say("sending", file.name, percent);
    });
    request.addEventListener("load", () => resolve(answered(request, line, file.name)));
    request.addEventListener("error", () => resolve(refuse(line, say("broken", file.name))));
    request.send(data);
  });
}

async function sendAll(event) {
  const link = form.elements.namedItem("link");
  if (input.files.length === 0 || (link && link.value)) {
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  const button = form.querySelector("[type=submit]");
  button.setAttribute("aria-disabled", "true");
  place.querySelectorAll(".upload-line").forEach((line) => line.remove());
  let whole = true;
  for (const file of [...input.files]) {
    whole = (await send(file)) && whole;
  }
  button.removeAttribute("aria-disabled");
  input.value = "";
  if (whole) {
    window.location.assign(window.location.href);
  }
}

if (form && input) {
  form.addEventListener("submit", sendAll, { capture: true });
  const hint = document.createElement("p");
  hint.className = "hint";
  hint.textContent = place.dataset.drop;
  input.after(hint);
  for (const kind of ["dragover", "dragleave", "drop"]) {
    place.addEventListener(kind, (event) => {
      event.preventDefault();
      place.classList.toggle("dropping", kind === "dragover");
    });
  }
  place.addEventListener("drop", (event) => {
    input.files = event.dataTransfer.files;
  });
}
