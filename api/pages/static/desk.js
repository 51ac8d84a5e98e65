// Pages work without this file; with it they are quicker to use.
"use strict";

const csrf = document.body.dataset.csrf ?? "";

// The keys of a page are named at its end, where they can be turned off: who dictates or has a tremor needs that.
const keys = document.querySelector(".keys");
const keysAreOn = () => keys && localStorage.getItem("keydesk.keys") !== "off";
const sayKeys = () => {
  const control = keys.querySelector("button");
  control.textContent = keysAreOn() ? control.dataset.on : control.dataset.off;
  keys.querySelector("span").hidden = !keysAreOn();
};
if (keys) {
  keys.hidden = false;
  sayKeys();
  keys.querySelector("button").addEventListener("click", () => {
    localStorage.setItem("keydesk.keys", keysAreOn() ? "off" : "on");
    sayKeys();
  });
}

// Keyboard: every control with data-key is reached by that key, unless somebody is typing.
document.addEventListener("keydown", (event) => {
  if (!keysAreOn() || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  const control = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!control) return;
  event.preventDefault();
  if (control.matches("summary")) {
    control.parentElement.open = true;
    (control.parentElement.querySelector("textarea, input:not([type=hidden]), button") ?? control).focus();
  } else if (control.matches("input, textarea, select")) {
    control.focus();
  } else {
    control.click();
  }
});

// One open decision at a time; what was folded out is in sight.
for (const fold of document.querySelectorAll("details[data-group]")) {
  fold.addEventListener("toggle", () => {
    if (!fold.open) return;
    for (const other of document.querySelectorAll(`details[data-group="${fold.dataset.group}"]`)) {
      if (other !== fold) other.open = false;
    }
  });
}

// A form is sent once, and says that it is on its way.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.submitter?.formTarget === "_blank") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  const button = event.submitter;
  if (button) { setTimeout(() => { button.disabled = true; button.classList.add("btn-loading"); }); }
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll(".btn-loading")) { button.disabled = false; button.classList.remove("btn-loading"); }
  }
});

// What is only for browsers that run no scripts.
for (const plain of document.querySelectorAll("[data-plain]")) plain.remove();

// A choice made with the pointer sends its form at once. By keyboard each arrow is a choice: there the button sends it.
let byKey = false;
addEventListener("keydown", () => { byKey = true; }, true);
addEventListener("pointerdown", () => { byKey = false; }, true);
for (const select of document.querySelectorAll("select[data-send]")) {
  select.addEventListener("change", () => {
    if (!byKey) select.form.requestSubmit(select.form.querySelector("[data-default]") ?? undefined);
  });
}

// Drafts keep themselves: a moment after the last change, everything typed is stored on the server.
for (const form of document.querySelectorAll("form[data-draft]")) {
  const status = form.querySelector("[data-draft-status]");
  let waiting;
  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const sent = new FormData(form);
      for (const [name, value] of [...sent]) { if (value instanceof File) sent.delete(name); }
      sent.set("do", "keep");
      const answer = await fetch(form.action, { method: "POST", body: sent, headers: { "X-CSRF-Token": csrf, "Accept": "application/json" }, redirect: "manual" }).catch(() => null);
      if (status) status.textContent = answer && answer.ok ? status.dataset.kept : status.dataset.lost;
    }, 600);
  });
}

// Files go up as soon as they are chosen, with progress; the page then shows what the server took.
for (const input of document.querySelectorAll("input[type=file][data-upload]")) {
  input.addEventListener("change", () => {
    if (!input.files.length) return;
    const bar = input.closest(".upload").querySelector("progress");
    const form = input.form;
    const sent = new FormData(form);
    for (const other of form.querySelectorAll("input[type=file]")) { if (other !== input) sent.delete(other.name); }
    sent.set("do", "keep");
    const call = new XMLHttpRequest();
    call.open("POST", form.action);
    call.setRequestHeader("X-CSRF-Token", csrf);
    call.setRequestHeader("Accept", "application/json");
    bar.hidden = false;
    call.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; });
    call.addEventListener("load", () => {
      const answer = call.getResponseHeader("Content-Type")?.startsWith("application/json") ? JSON.parse(call.responseText) : {};
      if (call.status === 200 && answer.page) { location.assign(answer.page); return; }
      bar.hidden = true;
      input.value = "";
      const said = input.closest(".upload").querySelector("[role=alert]");
      said.textContent = answer.sentence ?? said.dataset.lost;
      said.hidden = false;
    });
    call.addEventListener("error", () => { bar.hidden = true; });
    call.send(sent);
  });
}
