// The page of the web chat. Messages wait in a queue until the server has them; replies carry a sequence number and are
// shown once. Nothing is written to the device.
const AWAY = "https://www.wikipedia.org/";
const HEADERS = { "Content-Type": "application/json", "X-Kite-Chat": "1" };
const embedded = document.documentElement.classList.contains("embedded"); // in another site's page: no cookie, only memory
if (embedded) HEADERS["X-Kite-Token"] = "new";
const one = (selector) => document.querySelector(selector);
const talk = one("#talk"), text = one("#text"), state = one("#state"), main = one("main");
let words = Object.fromEntries([...one("#words").content.querySelectorAll("i")].map((i) => [i.dataset.name, i.textContent]));
let language = document.documentElement.lang;
let known = false, last = "", failures = 0, source = null, awake = true, sending = false, polling = null;
const queue = [], shown = new Set(), unread = [];

const newId = () => crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
const post = (path, body, more = {}) => fetch(path, { method: "POST", headers: HEADERS, body: JSON.stringify(body), ...more });

function tell() {
  const words_of = navigator.onLine && failures < 3 ? (awake ? "" : words.waking) : words.offline;
  state.textContent = words_of;
  state.hidden = !words_of;
}

function bubbles(content, direction, lang) {
  return content.split(/\n{2,}/).map((piece) => {
    const bubble = document.createElement("div");
    Object.assign(bubble, { className: "bubble", textContent: piece, dir: direction, lang });
    return bubble;
  });
}

function scroll() {
  const far = document.documentElement.scrollHeight;
  window.scrollTo({ top: far, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

function forgetChoices() {
  talk.querySelectorAll(".choices").forEach((choices) => choices.remove());
}

function showReply(reply) {
  if (shown.has(reply.id)) return;
  shown.add(reply.id);
  last = `${reply.talk}.${reply.sequence}`; // after a deletion the talk is another, and its numbers begin anew
  unread.push(reply.id);
  one("#languages").hidden = true;
  if (reply.language !== language) changeLanguage(reply.language);
  const item = document.createElement("li");
  item.className = reply.from_person ? "person" : "kite";
  const who = document.createElement("span");
  Object.assign(who, { className: "who", textContent: reply.from_person ? words.person_name : words.kite_name });
  item.append(who, ...bubbles(reply.text, reply.direction, reply.language));
  if (reply.buttons.length) item.append(choices(reply));
  talk.append(item);
  acknowledge();
  scroll();
}

function choices(reply) {
  const box = document.createElement("div");
  box.className = "choices";
  box.dir = reply.direction;
  for (const { payload, label } of reply.buttons) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: label, dir: "auto" });
    button.dataset.payload = payload;
    box.append(button);
  }
  return box;
}

function showMine(message) {
  const item = document.createElement("li");
  item.className = "mine";
  item.append(...bubbles(message.text, "auto", ""));
  const mark = document.createElement("span");
  Object.assign(mark, { className: "mark", textContent: words.sending });
  item.append(mark);
  talk.append(item);
  message.mark = mark;
  scroll();
}

function say(content, payload = "") {
  const message = { id: newId(), text: content, payload };
  one("#languages").hidden = true;
  forgetChoices();
  showMine(message);
  queue.push(message);
  send();
}

async function send() {
  if (sending) return;
  sending = true;
  while (queue.length) {
    const { id, text: content, payload, mark } = queue[0];
    try {
      const answer = await post("/chat/messages", { id, text: content, payload, language });
      if (answer.status >= 500 || answer.status === 429) throw new Error("later");
      queue.shift();
      if (embedded && answer.ok) HEADERS["X-Kite-Token"] = (await answer.json()).token;
      mark.textContent = answer.ok ? words.sent : words.failed;
      failures = 0;
      if (!known || source?.readyState === EventSource.CLOSED) { known = true; listen(); } // the stream now knows who we are
    } catch {
      failures += 1;
      tell();
      await new Promise((done) => setTimeout(done, Math.min(30000, 1000 * 2 ** Math.min(failures, 5))));
    }
  }
  sending = false;
  tell();
}

let acking = 0;
function acknowledge() {
  clearTimeout(acking);
  acking = setTimeout(async () => {
    const ids = unread.splice(0, 200);
    try {
      const answer = await post("/chat/ack", { ids });
      if (!answer.ok) throw new Error("later");
    } catch { unread.push(...ids); setTimeout(acknowledge, 5000); }
  }, 50);
}

function listen() {
  source?.close();
  if (embedded) { // a stream carries no headers
    if (known) polling ??= setInterval(fetchReplies, 1500);
    return;
  }
  source = new EventSource(`/chat/events?after=${encodeURIComponent(last)}`);
  source.addEventListener("reply", (event) => showReply(JSON.parse(event.data)));
  source.addEventListener("awake", (event) => { awake = JSON.parse(event.data).awake; failures = 0; tell(); });
  source.onopen = () => { clearInterval(polling); polling = null; failures = 0; tell(); };
  source.onerror = () => {
    failures += 1;
    tell();
    polling ??= setInterval(fetchReplies, 4000); // a line that holds no stream open
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, Math.min(30000, 2000 * failures));
  };
}

async function fetchReplies() {
  try {
    const answer = await fetch(`/chat/replies?after=${encodeURIComponent(last)}`, { headers: HEADERS });
    if (!answer.ok) return;
    const data = await answer.json();
    data.replies.forEach(showReply);
    awake = data.awake;
    failures = 0;
    tell();
  } catch { /* the next round tries again */ }
}

async function changeLanguage(code) {
  language = code;
  const answer = await fetch(`/chat/strings?language=${encodeURIComponent(code)}`, { headers: HEADERS });
  if (!answer.ok) return;
  const data = await answer.json();
  words = data.strings;
  document.documentElement.lang = data.language;
  document.documentElement.dir = data.direction;
  document.title = words.title;
  for (const [attribute, name] of [["textContent", "s"], ["placeholder", "sPlaceholder"], ["title", "sTitle"]]) {
    const selector = `[data-${name.replace(/[A-Z]/g, (c) => "-" + c.toLowerCase())}]`;
    document.querySelectorAll(selector).forEach((element) => { element[attribute] = words[element.dataset[name]] ?? ""; });
  }
  document.querySelectorAll("[data-s-label]").forEach((element) => element.setAttribute("aria-label", words[element.dataset.sLabel]));
  tell();
}

function leave() {
  source?.close();
  document.body.replaceChildren();
  document.title = "";
  if (embedded) {
    clearInterval(polling);
    parent.postMessage("kite:leave", "*"); // the page around it is left; a page that does not know how is cleared here
    return;
  }
  post("/chat/leave", {}, { keepalive: true }).catch(() => {});
  location.replace(AWAY);
}

let escaped = 0;
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (event.timeStamp - escaped < 1000 && escaped) leave();
  escaped = event.timeStamp;
});
one("#exit").addEventListener("click", leave);
one("#bigger").addEventListener("click", () => document.documentElement.classList.toggle("big"));
main.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-payload]");
  if (button) say(button.textContent, button.dataset.payload);
});
one("#composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const content = text.value.trim();
  if (!content) return;
  text.value = "";
  text.style.blockSize = "";
  say(content);
  text.focus();
});
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    one("#composer").requestSubmit();
  }
});
text.addEventListener("input", () => { text.style.blockSize = "auto"; text.style.blockSize = `${Math.min(text.scrollHeight + 2, 128)}px`; });
addEventListener("online", () => { failures = 0; tell(); send(); listen(); });
addEventListener("offline", tell);
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
listen();
tell();
