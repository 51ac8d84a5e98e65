// Pages work without this file; with it they are quicker to use.
"use strict";

let csrf = document.body.dataset.csrf ?? "";

// Somebody signed in anew in another tab: the desk says the token of now, and forms of this page go on with it.
function renewed(answer) {
  if (!answer.csrf || answer.csrf === csrf) return false;
  csrf = answer.csrf;
  for (const field of document.querySelectorAll("input[name=csrf]")) field.value = csrf;
  return true;
}

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

// A document that cannot be drawn says so.
for (const picture of document.querySelectorAll("img[data-broken]")) {
  const broken = () => { picture.parentElement.hidden = true; document.getElementById(picture.dataset.broken).hidden = false; };
  if (picture.complete && !picture.naturalWidth && picture.currentSrc) broken();
  picture.addEventListener("error", broken);
}

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
      const keep = async () => {
        const sent = new FormData(form);
        for (const [name, value] of [...sent]) { if (value instanceof File) sent.delete(name); }
        sent.set("do", "keep");
        return fetch(form.action, { method: "POST", body: sent, headers: { "X-CSRF-Token": csrf, "Accept": "application/json" }, redirect: "manual" }).catch(() => null);
      };
      let answer = await keep();
      let said = await answer?.json().catch(() => null) ?? {};
      if (renewed(said)) { answer = await keep(); said = {}; }
      if (status) status.textContent = answer?.ok ? status.dataset.kept : said.sentence ?? status.dataset.lost;
    }, 600);
  });
}

// Files go up as soon as they are chosen, one after the other, with progress; the page then shows what the server took.
for (const input of document.querySelectorAll("input[type=file][data-upload]")) {
  const place = input.closest(".upload");
  const bar = place.querySelector("progress");
  const said = place.querySelector("[role=alert]");
  const upload = (file) => new Promise((done) => {
    if (file.size > said.dataset.most) { done({ sentence: said.dataset.large }); return; }
    const sent = new FormData(input.form);
    for (const other of input.form.querySelectorAll("input[type=file]")) sent.delete(other.name);
    sent.set(input.name, file);
    sent.set("do", "keep");
    const call = new XMLHttpRequest();
    call.open("POST", input.form.action);
    call.setRequestHeader("X-CSRF-Token", csrf);
    call.setRequestHeader("Accept", "application/json");
    call.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; });
    call.addEventListener("load", () => {
      const answer = call.getResponseHeader("Content-Type")?.startsWith("application/json") ? JSON.parse(call.responseText) : {};
      done(renewed(answer) ? upload(file) : answer);
    });
    call.addEventListener("error", () => done({}));
    call.send(sent);
  });
  input.addEventListener("change", async () => {
    let answer = {};
    said.hidden = true;
    bar.hidden = false;
    for (const file of input.files) {
      answer = await upload(file);
      if (!answer.page) {
        said.textContent = `${file.name}: ${answer.sentence ?? said.dataset.lost}`;
        break;
      }
      if (input.files.length > 1) input.insertAdjacentText("beforebegin", `✓ ${file.name} `);
    }
    if (answer.page) { location.assign(answer.page); return; }
    bar.hidden = true;
    said.hidden = !input.files.length;
    input.value = "";
  });
}
