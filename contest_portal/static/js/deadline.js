// Counts down to a deadline by the server's clock: the page says what time it was there when it left, and from then
// on only the time that passes here is used, so a computer whose clock is wrong counts as well as any other.

const SAID_AT = [30, 10, 5, 1].map((minutes) => minutes * 60);
const SIZES = [86400, 3600, 60, 1];

// The two largest parts: "2 ngày 3 giờ", "4 phút 10 giây".
function inWords(seconds, units) {
  const parts = [];
  let rest = seconds;
  SIZES.forEach((size, place) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0 || (place === SIZES.length - 1 && parts.length === 0)) {
      parts.push(`${count} ${units[place]}`);
    }
  });
  return parts.slice(0, 2).join(" ");
}

// Seconds since the page was asked for: the one clock stands still while a laptop sleeps, the other while it is set.
function elapsed(loaded) {
  return Math.max(performance.now(), Date.now() - loaded) / 1000;
}

function countDown(line) {
  const clock = line.querySelector("[data-clock]");
  const said = document.querySelector("[data-clock-said]");
  const units = line.dataset.units.split("|");
  const loaded = Date.now() - performance.now();
  const total = (Date.parse(line.dataset.closes) - Date.parse(line.dataset.now)) / 1000;
  let last = Infinity;

  const over = () => {
    line.classList.add("time-over");
    clock.textContent = line.dataset.over;
    said.textContent = line.dataset.over;
    window.clearInterval(timer);
  };
  const show = () => {
    // Rounded up: time is said to be over only when it is.
    const left = Math.ceil(total - elapsed(loaded));
    if (left <= 0) {
      over();
      return;
    }
    const words = inWords(left, units);
    clock.textContent = line.dataset.left.replace("{time}", words);
    // Said once at each mark, and at once where the page was opened within the last half hour.
    if (SAID_AT.some((mark) => left <= mark && last > mark)) {
      line.classList.add("time-short");
      said.textContent = line.dataset.warning.replace("{time}", words);
    }
    last = left;
  };
  const timer = window.setInterval(show, 1000);
  show();
  document.addEventListener("visibilitychange", show);
}

document.querySelectorAll("[data-closes]").forEach(countDown);
