(function () {
  "use strict";
  const config = JSON.parse(document.getElementById("jupyter-config-data").textContent);
  const kernel = config.baseUrl + "api/kernels/" + config.kernelId;

  // A page that is closed lets its kernel go; one that is only hidden keeps it.
  window.addEventListener("pagehide", (event) => {
    if (!event.persisted) fetch(config.baseUrl + "voila/api/shutdown/" + config.kernelId, { method: "POST", keepalive: true });
  });

  // The kernel is gone (server stopped, culled while the laptop slept): widgets would only fall silent, so the page says it.
  let misses = 0;
  async function look() {
    let there = false;
    try { there = (await fetch(kernel, { cache: "no-store" })).ok; } catch (error) { there = false; }
    misses = there ? 0 : misses + 1;
    const lost = document.getElementById("lost");
    if (misses === 2) lost.hidden = false;
    if (misses === 2) lost.textContent = "页面与后台断开，请刷新页面；未导入、未保存的内容须重做。 The page lost its connection: please reload. What was not imported or saved has to be done again.";
    if (misses === 1) setTimeout(look, 2000);
  }
  setInterval(look, 20000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });

  // Files dropped on an upload button go where files chosen by it go: the widget keeps its file input outside the document,
  // so the input is caught at the moment the button clicks it.
  function give(button, files) {
    const click = HTMLInputElement.prototype.click;
    let input = null;
    HTMLInputElement.prototype.click = function () { input = this; };
    try { button.click(); } finally { HTMLInputElement.prototype.click = click; }
    if (!input) return;
    input.files = files;
    input.dispatchEvent(new Event("change"));
  }

  // A file that is far too large is refused here: sent to the kernel it would only break the connection.
  const LARGEST = 20 * 1024 * 1024;
  const read = FileReader.prototype.readAsArrayBuffer;
  FileReader.prototype.readAsArrayBuffer = function (file) {
    if (file.size <= LARGEST) return read.call(this, file);
    const alert = document.getElementById("lost");
    alert.textContent = `文件“${file.name}”超过 20 MB，不是填报表，没有上传。 “${file.name}” is larger than 20 MB and no filled form; it was not uploaded.`;
    alert.hidden = false;
    setTimeout(() => { alert.hidden = misses < 2; }, 15000);
  };

  const upload = (event) => event.target.closest && event.target.closest(".widget-upload");
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const button = upload(event);
      // a file dropped beside the button must not replace the page
      event.preventDefault();
      document.querySelectorAll(".widget-upload.over").forEach((other) => other.classList.remove("over"));
      if (!button || button.disabled) return;
      if (kind === "dragover") button.classList.add("over");
      if (kind === "drop" && event.dataTransfer.files.length) give(button, event.dataTransfer.files);
    });
  }

  // The page was made before it was asked for: it is told that somebody came, so that it reads what changed since.
  const waiting = setInterval(() => {
    const bell = document.querySelector(".zhibiao .arrival");
    if (!bell) return;
    clearInterval(waiting);
    bell.click();
  }, 100);

  // What the widgets' own markup leaves out for readers by ear: language, states, names.
  function mend() {
    const told = document.querySelector(".zhibiao [data-lang]");
    if (told && document.documentElement.lang !== told.dataset.lang) {
      document.documentElement.lang = told.dataset.lang;
      document.title = told.dataset.title;
    }
    document.querySelectorAll(".zhibiao .widget-toggle-buttons button").forEach((button) => set(button, "aria-pressed", String(button.classList.contains("mod-active"))));
    // the widget counts the files that it holds; they are taken out at once, so the count says nothing
    document.querySelectorAll(".zhibiao .widget-upload").forEach((button) => {
      const text = button.lastChild;
      if (text && / \(\d+\)$/.test(text.textContent)) text.textContent = text.textContent.replace(/ \(\d+\)$/, "");
    });
    document.querySelectorAll(".zhibiao .widget-tab").forEach((tabs) => {
      const bar = tabs.querySelectorAll(":scope > .lm-TabBar [role=tab]"), panels = tabs.querySelectorAll(":scope > .widget-tab-contents > .jupyter-widgets");
      panels.forEach((panel, index) => {
        if (!bar[index]) return;
        panel.id = panel.id || "panel-" + bar[index].id;
        set(panel, "role", "tabpanel");
        set(panel, "aria-labelledby", bar[index].id);
        set(bar[index], "aria-controls", panel.id);
        if (bar[index].getAttribute("title") === "") bar[index].removeAttribute("title");
      });
    });
    // a tooltip says more than a short label does: 年招生（万人） instead of 数值
    document.querySelectorAll(".zhibiao .widget-inline-hbox > .widget-label").forEach((label) => {
      const name = label.title && label.title !== "null" ? label.title : label.textContent.trim();
      const named = label.parentElement.querySelector("[role=slider], input:not([type=checkbox]), select");
      if (named && name && name !== "\u200b") set(named, "aria-label", name);
    });
    document.querySelectorAll(".zhibiao .spoken .widget-html-content").forEach((place) => { set(place, "aria-live", "polite"); });
    document.querySelectorAll(".zhibiao .widget-toggle-button").forEach((button) => set(button, "aria-pressed", String(button.classList.contains("mod-active"))));
  }
  // a write that changes nothing would wake the observer for ever
  function set(element, name, value) { if (element.getAttribute(name) !== value) element.setAttribute(name, value); }
  let due = false;
  new MutationObserver(() => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => { due = false; mend(); });
  }).observe(document.getElementById("rendered_cells"), { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] });
})();
