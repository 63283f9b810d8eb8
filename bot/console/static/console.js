// Live parts, keyboard and guards of the console. Every page works without it, but does not follow changes by itself.
const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const { live, part, target, cursor, me = "" } = document.body.dataset;
const skew = Number(document.body.dataset.now) - Date.now(); // the server's clock is the one that counts
const title = document.title;
const now = () => Date.now() + skew;

// -- times go on by themselves --------------------------------------------------------------------------------------
function ago(at) {
  const seconds = Math.abs(Math.trunc((now() - at) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.trunc(seconds / 60)} min`;
  if (seconds < 86400) return `${Math.trunc(seconds / 3600)} h ${String(Math.trunc((seconds % 3600) / 60)).padStart(2, "0")}`;
  return `${Math.trunc(seconds / 86400)} d`;
}

function tick() {
  for (const time of all("[data-ago]")) {
    const text = ago(Number(time.dataset.ago));
    if (time.textContent !== text) time.textContent = text;
  }
  for (const row of all("[data-due]")) {
    row.classList.toggle("late", now() > Number(row.dataset.due));
    row.classList.toggle("half", now() > Number(row.dataset.half));
  }
  for (const form of all("[data-until]")) form.hidden = now() > Number(form.dataset.until);
}
tick();
setInterval(tick, 1000);

// -- the queue ------------------------------------------------------------------------------------------------------
const wanted = new URLSearchParams(location.search);
const MOST = 50;

function fits(row) {
  if (wanted.get("show") === "closed") return false;
  for (const name of ["urgency", "language", "tier", "channel", "country"]) {
    const value = wanted.get(name);
    if (value && row.dataset[name] !== value.toLowerCase()) return false;
  }
  const concern = wanted.get("concern"), holder = wanted.get("holder");
  if (concern && !row.dataset.concern.split(" ").includes(concern)) return false;
  if (holder === "sign") return row.dataset.asked !== "" && row.dataset.asked !== me;
  if (holder === "nobody") return row.dataset.holder === "";
  return !holder || row.dataset.holder === (holder === "me" ? me : holder);
}

let again = 0;
function readAgain() { // a page that cannot place rows by itself reads its part again, at most every three seconds
  again ||= setTimeout(async () => { again = 0; await refresh(); }, 3000);
}

function place({ id, html }) {
  const list = one(".queue"), old = one(`.queue > [data-id="${CSS.escape(id)}"]`);
  const focused = old?.contains(document.activeElement);
  old?.remove();
  if (html) {
    const made = document.createElement("template");
    made.innerHTML = html.trim();
    const row = made.content.firstElementChild;
    if (fits(row)) {
      const next = all(".queue > li").find((other) => other.dataset.order > row.dataset.order);
      list.insertBefore(row, next ?? null);
      if (focused) one("a", row).focus();
    }
  }
  all(".queue > li").slice(MOST).forEach((row) => row.remove());
}

function compare({ html }) { // the rest of an open case page stays as it is, or what is being typed would be lost
  const made = document.createElement("template"), was = document.body.dataset;
  made.innerHTML = html.trim();
  const row = made.content.firstElementChild?.dataset;
  const same = row ? was.state !== "closed" && row.holder === was.holder && row.urgency === was.urgency : was.state === "closed";
  one("#changed").hidden = same;
}

function follow(told) {
  if (live !== "queue") return told.rows.filter((row) => row.id === live).forEach(compare);
  if (wanted.get("words") || wanted.get("show") === "closed" || Number(wanted.get("page") ?? 1) > 1) readAgain();
  else told.rows.forEach(place);
  const empty = one(".empty");
  if (empty) empty.hidden = all(".queue > li").length > 0;
  tick();
}

async function refresh() {
  if (!part) return;
  const answer = await fetch(part, { headers: { "X-Part": "1" } });
  if (answer.status === 401) return location.assign("/sign-in");
  if (!answer.ok || answer.redirected) return;
  const open = all(`${target} details[open]`).map((each) => each.id);
  one(target).innerHTML = await answer.text();
  open.forEach((id) => id && document.getElementById(id)?.setAttribute("open", ""));
  tick();
}

// -- sound and notice -----------------------------------------------------------------------------------------------
let newest = document.body.dataset.newest ? Number(document.body.dataset.newest) : null, context = null;
const sound = one("#sound"), notify = one("#notify");
const kept = (name) => localStorage.getItem(`kite.${name}`) === "1";

function beep() {
  context ??= new AudioContext();
  if (context.state === "suspended") return one("#hush")?.removeAttribute("hidden");
  for (const at of [0, 0.25, 0.5]) {
    const tone = context.createOscillator(), volume = context.createGain();
    tone.frequency.value = 880;
    volume.gain.value = 0.2;
    tone.connect(volume).connect(context.destination);
    tone.start(context.currentTime + at);
    tone.stop(context.currentTime + at + 0.15);
  }
}

function alarm({ waiting, newest_now }) {
  for (const count of all("[data-count]")) count.textContent = waiting[count.dataset.count];
  document.title = waiting.now ? `(${waiting.now}!) ${title}` : title;
  if (newest !== null && newest_now > newest) {
    const told = one("#told");
    if (told) told.textContent = `${told.dataset.new} (${waiting.now})`;
    if (kept("sound")) beep();
    if (kept("notify") && globalThis.Notification?.permission === "granted" && notify?.dataset.title)
      new Notification(notify.dataset.title, { tag: "kite-now", renotify: true });
  }
  newest = newest_now;
}

if (sound) {
  sound.checked = kept("sound");
  notify.checked = kept("notify") && globalThis.Notification?.permission === "granted";
  sound.addEventListener("change", () => { localStorage.setItem("kite.sound", sound.checked ? "1" : "0"); if (sound.checked) beep(); });
  notify.addEventListener("change", async () => {
    const allowed = notify.checked && globalThis.Notification && (await Notification.requestPermission()) === "granted";
    if (notify.checked && !allowed) notify.parentElement.append(` – ${notify.dataset.denied}`);
    notify.checked = Boolean(allowed);
    localStorage.setItem("kite.notify", allowed ? "1" : "0");
  });
  document.addEventListener("pointerdown", () => { context ??= new AudioContext(); context.resume(); one("#hush")?.setAttribute("hidden", ""); });
}

// -- the stream -----------------------------------------------------------------------------------------------------
if (live) {
  if (live !== "queue") history.replaceState(null, "", `/cases/${live}${location.hash}`); // a form's answer is not to be sent again
  const line = one("#line"), query = new URLSearchParams({ since: cursor });
  if (live !== "queue") query.set("case", live);
  const open = () => {
    const source = new EventSource(`/live?${query}`);
    source.addEventListener("changed", (event) => {
      query.set("since", event.lastEventId);
      const told = JSON.parse(event.data);
      follow(told);
      alarm(told);
    });
    source.addEventListener("again", (event) => { query.set("since", event.lastEventId); refresh(); });
    source.addEventListener("talk", () => refresh());
    source.addEventListener("ended", () => location.assign("/sign-in"));
    source.onopen = () => { if (line) line.textContent = ""; };
    source.onerror = () => {
      if (line) line.textContent = line.dataset.lost;
      if (source.readyState === EventSource.CLOSED) setTimeout(open, 2000); // a refused answer: browsers give up by themselves
    };
  };
  open();
  setInterval(refresh, 120000); // a net under the stream
  addEventListener("online", refresh);
}

// -- keyboard -------------------------------------------------------------------------------------------------------
function select(step) {
  const items = all("[data-item]");
  if (!items.length) return;
  const at = items.indexOf(document.activeElement);
  items[Math.max(0, Math.min(items.length - 1, at < 0 ? 0 : at + step))].focus();
}

const KEYS = {
  j: () => select(1),
  k: () => select(-1),
  c: () => one("#claim")?.requestSubmit(),
  r: () => one("#reply-text")?.focus(),
  q: () => location.assign("/"),
  u: () => one(".undo:not([hidden])")?.requestSubmit(),
  "/": () => (one("#search") ? one("#search").focus() : location.assign("/")),
  "?": () => one("#keys")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select, dialog");
  if (typing && event.key === "Enter" && (event.ctrlKey || event.metaKey) && typing.form?.id === "reply") typing.form.requestSubmit();
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});

// -- the reply box ----------------------------------------------------------------------------------------------------
document.addEventListener("click", (event) => {
  const used = event.target.closest?.("[data-use]"), box = one("#reply-text");
  if (event.target.id === "print") print();
  if (!used || !box) return;
  event.preventDefault();
  box.setRangeText((box.value && !box.value.endsWith("\n") ? "\n" : "") + used.dataset.use, box.selectionStart, box.selectionEnd, "end");
  box.focus();
});

// -- guards ---------------------------------------------------------------------------------------------------------
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog") return;
  if (form.dataset.confirm && !confirm(form.dataset.confirm)) return event.preventDefault();
  if ("again" in form.dataset) return;
  setTimeout(() => all("button", form).forEach((button) => { button.disabled = true; }));
});
addEventListener("pageshow", () => all("button[disabled]").forEach((button) => { button.disabled = false; }));
all("[data-select]").forEach((input) => input.addEventListener("focus", () => input.select()));
