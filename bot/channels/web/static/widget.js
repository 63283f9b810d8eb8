// Put the chat on any page: <script src="https://kite.example/widget.js" async></script>. Nothing is asked of Kite until
// somebody opens it; nothing is written to the device. Attributes of the tag: data-label, data-language, data-side.
(() => {
  const tag = document.currentScript;
  const home = new URL(tag.src).origin;
  const label = tag.dataset.label || "Chat";
  const side = tag.dataset.side === "left" ? "left" : "right";
  const away = "https://www.wikipedia.org/";
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const style = (element, rules) => Object.assign(element.style, rules);
  let frame = null, escaped = 0;

  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-label", label);
  button.setAttribute("aria-expanded", "false");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), path = document.createElementNS(svg.namespaceURI, "path");
  for (const [name, value] of [["viewBox", "0 0 32 32"], ["width", "28"], ["height", "28"], ["aria-hidden", "true"]]) svg.setAttribute(name, value);
  path.setAttribute("d", "M4 5h24v19H15l-7 6v-6H4z");
  path.setAttribute("fill", "#fff");
  svg.append(path);
  button.append(svg);
  style(host, { position: "fixed", zIndex: "2147483000", bottom: "0", [side]: "0" });
  style(button, {
    position: "fixed", bottom: "16px", [side]: "16px", width: "56px", height: "56px", padding: "0", cursor: "pointer",
    border: "2px solid #fff", borderRadius: "28px", background: "#1f5f8b", boxShadow: "0 2px 8px rgb(0 0 0 / .35)",
  });
  button.addEventListener("focus", () => style(button, { outline: "3px solid #1f5f8b", outlineOffset: "3px" }));
  button.addEventListener("blur", () => style(button, { outline: "none" }));
  root.append(button);

  function open() {
    frame = document.createElement("iframe");
    frame.title = label;
    frame.setAttribute("sandbox", "allow-scripts allow-forms allow-same-origin");
    frame.referrerPolicy = "no-referrer";
    frame.src = `${home}/embed${tag.dataset.language ? `?language=${encodeURIComponent(tag.dataset.language)}` : ""}`;
    const narrow = innerWidth < 480;
    style(frame, {
      position: "fixed", border: "0", background: "#fff", colorScheme: "normal",
      ...(narrow
        ? { inset: "0", width: "100%", height: "calc(100% - 80px)" }
        : { bottom: "84px", [side]: "16px", width: "400px", height: "min(640px, calc(100vh - 100px))",
            borderRadius: "16px", boxShadow: "0 4px 24px rgb(0 0 0 / .35)" }),
    });
    root.append(frame);
    frame.focus();
    button.setAttribute("aria-expanded", "true");
  }

  function close() {
    frame?.remove();
    frame = null;
    button.setAttribute("aria-expanded", "false");
  }

  function leave() {
    close();
    host.remove();
    location.replace(away);
  }

  button.addEventListener("click", () => (frame ? close() : open()));
  addEventListener("message", (event) => {
    if (event.origin === home && event.source === frame?.contentWindow && event.data === "kite:leave") leave();
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !frame) return;
    if (escaped && event.timeStamp - escaped < 1000) leave();
    escaped = event.timeStamp;
  });
  const put = () => document.body.append(host);
  document.body ? put() : addEventListener("DOMContentLoaded", put);
})();
