// Live parts, keyboard and guards of the console. Every page works without it, but does not follow changes by itself.
const one = (selector) => document.querySelector(selector);
const { live, target } = document.body.dataset;
const title = document.title;
const line = one("#line");
let newest = null;

async function refresh() {
  const answer = await fetch(live, { headers: { "X-Part": "1" } });
  if (answer.status === 401) return location.assign("/sign-in");
  if (!answer.ok || answer.redirected) return;
  const open = [...document.querySelectorAll(`${target} details[open]`)].length > 0;
  one(target).innerHTML = await answer.text();
  if (open) one(`${target} details`)?.setAttribute("open", "");
  select(chosen);
}

function beep() {
  const context = new AudioContext();
  for (const at of [0, 0.25]) {
    const tone = context.createOscillator(), volume = context.createGain();
    tone.frequency.value = 880;
    volume.gain.value = 0.15;
    tone.connect(volume).connect(context.destination);
    tone.start(context.currentTime + at);
    tone.stop(context.currentTime + at + 0.15);
  }
}

function alarm({ now, newest_now }) {
  document.title = now ? `(${now}!) ${title}` : title;
  if (newest !== null && newest_now > newest && one("#sound")?.checked) beep();
  newest = newest_now;
}

if (live) {
  const source = new EventSource("/live");
  source.addEventListener("changed", (event) => { alarm(JSON.parse(event.data)); refresh(); });
  source.addEventListener("ended", () => location.assign("/sign-in"));
  source.onopen = () => { if (line) line.textContent = ""; };
  source.onerror = () => { if (line) line.textContent = line.dataset.lost; };
  setInterval(refresh, 30000); // the waiting times go on even when nothing happens
}

let chosen = -1;
function select(number) {
  const items = [...document.querySelectorAll("[data-item]")];
  if (!items.length || number < 0) return;
  chosen = Math.min(number, items.length - 1);
  items[chosen].focus();
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select");
  if (typing && event.key === "Enter" && (event.ctrlKey || event.metaKey) && typing.form?.id === "reply") typing.form.requestSubmit();
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j") select(chosen + 1);
  if (event.key === "k") select(Math.max(chosen - 1, 0));
  if (event.key === "c") one("#claim")?.requestSubmit();
  if (event.key === "r") { event.preventDefault(); one("#reply-text")?.focus(); }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.confirm && !confirm(form.dataset.confirm)) return event.preventDefault();
  setTimeout(() => form.querySelectorAll("button").forEach((button) => { button.disabled = true; }));
});
addEventListener("pageshow", () => document.querySelectorAll("button[disabled]").forEach((button) => { button.disabled = false; }));
document.querySelectorAll("[data-select]").forEach((input) => input.addEventListener("focus", () => input.select()));
