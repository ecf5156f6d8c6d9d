// Long work shows how far it is; without this file the page asks anew every two seconds.
const PAUSE = 500;

class Waiting {
  constructor(box) {
    this.address = box.dataset.job;
    this.bar = box.querySelector("progress");
    this.step = box.querySelector("[data-job-step]");
    this.figure = box.querySelector("[data-job-figure]");
    this.spoken = box.querySelector("[data-job-spoken]");
    this.tenth = -1;
  }

  async ask() {
    let state = null;
    try {
      const answer = await fetch(this.address, { headers: { Accept: "application/json" } });
      state = answer.ok && !answer.redirected ? await answer.json() : { active: false };
    } catch {
      // The network is away for a moment: the work goes on without us.
      state = { active: true };
    }
    if (!state.active) {
      // The page itself knows what comes next, also after a failure.
      window.location.reload();
      return;
    }
    this.show(state);
    window.setTimeout(() => this.ask(), PAUSE);
  }

  show(state) {
    if (state.step) {
      this.step.textContent = state.step;
    }
    if (state.total) {
      this.bar.max = state.total;
      this.bar.value = state.done;
      this.figure.textContent = `${state.done.toLocaleString("vi-VN")}/${state.total.toLocaleString("vi-VN")}`;
      this.say(Math.floor((10 * state.done) / state.total));
    } else if (state.step) {
      this.bar.removeAttribute("value");
      this.figure.textContent = "";
    }
  }

  // Every tenth is read aloud, not every row.
  say(tenth) {
    if (tenth !== this.tenth) {
      this.tenth = tenth;
      this.spoken.textContent = `${this.step.textContent} ${10 * tenth} %`;
    }
  }
}

document.querySelectorAll("[data-job]").forEach((box) => new Waiting(box).ask());
