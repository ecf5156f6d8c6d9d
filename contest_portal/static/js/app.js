// Comfort on top of pages that work without it: each part looks for its own data- attribute.
// One file, because an imported module has no version in its address and would outlive an upgrade.

// After a refused form, a listener should hear first what is wrong.
function focusErrors(root) {
  root.querySelector("[data-focus]")?.focus();
}

// A button with data-confirm asks once more before it acts.
function askBefore(root) {
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-confirm]");
    if (button && !window.confirm(button.dataset.confirm)) {
      event.preventDefault();
    }
  });
}

// A second press while a form is under way is swallowed; the server would refuse it anyway.
// Buttons are marked, not disabled: a disabled button would not be part of what is sent.
const LONGEST_WAIT = 15000;

function release(form) {
  delete form.dataset.sending;
  form.querySelectorAll("[type=submit]").forEach((button) => button.removeAttribute("aria-disabled"));
}

function sendOnce(root) {
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") {
      return;
    }
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "yes";
    form.querySelectorAll("[type=submit]").forEach((button) => button.setAttribute("aria-disabled", "true"));
    // A download leaves the page where it is, so the form must come back to life.
    window.setTimeout(() => release(form), LONGEST_WAIT);
  });
  window.addEventListener("pageshow", () => root.querySelectorAll("form[data-sending]").forEach(release));
}

// Leaving a form with unsaved changes asks first; saving it does not.
function guardChanges(root) {
  const forms = [...root.querySelectorAll("form[data-guard]")];
  if (forms.length === 0) {
    return;
  }
  let changed = false;
  forms.forEach((form) => {
    form.addEventListener("input", () => {
      changed = true;
    });
  });
  root.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) {
      changed = false;
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed) {
      event.preventDefault();
    }
  });
}

// A choice in a filter form shows its list at once; the button stays for typing and for no script.
function sendFilters(root) {
  root.querySelectorAll("form[data-autosubmit]").forEach((form) => {
    form.addEventListener("change", (event) => {
      if (event.target.matches("select, input[type=radio], input[type=checkbox]")) {
        form.requestSubmit();
      }
    });
  });
}

// A button with data-print opens the browser's own print dialogue.
function printPage(root) {
  root.querySelectorAll("[data-print]").forEach((button) => {
    button.addEventListener("click", () => window.print());
  });
}

document.documentElement.classList.add("scripted");
for (const comfort of [focusErrors, askBefore, sendOnce, guardChanges, sendFilters, printPage]) {
  comfort(document);
}
