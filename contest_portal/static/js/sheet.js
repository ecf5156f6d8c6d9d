// A judge's sheet saves itself a moment after the last change; without this file its buttons do the same.
const PAUSE = 1500;

function numberOf(input) {
  const text = input.value.trim().replace(/\s/g, "").replace(",", ".");
  return text === "" ? null : Number(text);
}

function shown(number) {
  return String(Math.round(number * 100) / 100).replace(".", ",");
}

class Sheet {
  constructor(form) {
    this.form = form;
    this.state = form.querySelector("[data-sheet-state]");
    this.total = form.querySelector("[data-sheet-total]");
    this.inputs = [...form.querySelectorAll("[data-points]")];
    this.unsaved = false;
    this.leaving = false;
    this.inputs.forEach((input) => this.addSteps(input));
    form.addEventListener("input", () => this.changed());
    form.addEventListener("submit", (event) => this.leave(event));
    window.addEventListener("beforeunload", (event) => {
      if (this.unsaved && !this.leaving) {
        event.preventDefault();
      }
    });
  }

  // Two large buttons beside each control: points can be given without a keyboard.
  addSteps(input) {
    const frame = document.createElement("div");
    frame.className = "sheet-stepper";
    input.replaceWith(frame);
    const label = this.form.querySelector(`label[for="${input.id}"]`)?.textContent.trim() ?? "";
    frame.append(this.stepButton(input, -1, `− ${label}`), input, this.stepButton(input, 1, `+ ${label}`));
  }

  stepButton(input, direction, label) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sheet-step";
    button.textContent = direction < 0 ? "−" : "+";
    button.setAttribute("aria-label", label);
    button.addEventListener("click", () => this.move(input, direction));
    return button;
  }

  move(input, direction) {
    const step = Number(input.dataset.step);
    const next = (numberOf(input) ?? 0) + direction * step;
    input.value = shown(Math.min(Number(input.dataset.points), Math.max(0, next)));
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  changed() {
    this.unsaved = true;
    // A unit's criterion may count several times.
    const given = this.inputs
      .filter((input) => numberOf(input) !== null && !Number.isNaN(numberOf(input)))
      .map((input) => numberOf(input) * Number(input.dataset.weight ?? 1));
    this.total.textContent = given.length ? shown(given.reduce((sum, value) => sum + value, 0)) : "–";
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.save(), PAUSE);
  }

  // A press while a save is under way waits for it: its version would be an old one.
  leave(event) {
    window.clearTimeout(this.timer);
    if (this.saving) {
      event.preventDefault();
      this.pressed = event.submitter;
      return;
    }
    this.leaving = true;
  }

  async save() {
    if (this.leaving) {
      return;
    }
    // One request at a time: the next one needs the version this one brings back.
    if (this.saving) {
      this.again = true;
      return;
    }
    this.saving = true;
    this.again = false;
    this.state.textContent = this.form.dataset.saving;
    this.unsaved = false;
    try {
      await this.send();
    } catch {
      this.fail(this.form.dataset.failed);
    } finally {
      this.saving = false;
    }
    if (this.pressed) {
      this.form.requestSubmit(this.pressed);
    } else if (this.again) {
      await this.save();
    }
  }

  async send() {
    const body = new FormData(this.form);
    body.set("act", "save");
    const answer = await fetch(window.location.pathname, {
      method: "POST",
      body,
      headers: { Accept: "application/json", "X-CSRF-Token": body.get("csrf_token") },
    });
    if (!(answer.headers.get("Content-Type") ?? "").startsWith("application/json")) {
      this.fail(this.form.dataset.failed);
      return;
    }
    const told = await answer.json();
    if (!answer.ok) {
      this.fail(told.message);
      return;
    }
    this.form.elements.version.value = told.version;
    this.state.textContent = `${this.form.dataset.saved} ${told.saved_at}`;
  }

  fail(message) {
    this.unsaved = true;
    this.state.textContent = message;
  }
}

document.querySelectorAll("form[data-sheet]").forEach((form) => new Sheet(form));
