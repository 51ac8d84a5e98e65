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

// Keyboard: every control with data-key is reached by that key, unless somebody is typing, or has turned the keys off:
// who speaks to the browser, or hits keys by accident, would decide unawares.
const keys = document.querySelector("[data-keys]");
const off = () => localStorage.getItem("keydesk-keys") === "off";
if (keys) {
  const show = () => {
    keys.textContent = off() ? keys.dataset.off : keys.dataset.on;
  };
  keys.hidden = false;
  keys.addEventListener("click", () => { localStorage.setItem("keydesk-keys", off() ? "on" : "off"); show(); });
  show();
}
document.addEventListener("keydown", (event) => {
  if (off()) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
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
  picture.addEventListener("error", broken);
}

// What is only for browsers that run no scripts.
for (const plain of document.querySelectorAll("[data-plain]")) plain.remove();

// Selects that change what the page shows send their form: at once for who points, when they are left for who chooses by
// keys, as each key would be a choice. The page after that goes on where this one was.
for (const select of document.querySelectorAll("select[data-send]")) {
  let keyed = false, chosen = false;
  const send = (next) => {
    sessionStorage.setItem("keydesk-focus", next);
    select.form.requestSubmit(select.form.querySelector("[data-default]") ?? undefined);
  };
  select.addEventListener("pointerdown", () => { keyed = false; });
  select.addEventListener("keydown", () => { keyed = true; });
  select.addEventListener("change", () => { if (keyed) { chosen = true; } else { send(select.id); } });
  select.addEventListener("blur", (event) => {
    if (chosen && event.relatedTarget?.type !== "submit") send(event.relatedTarget?.id || select.id);
  });
}
const place = document.getElementById(sessionStorage.getItem("keydesk-focus") ?? "");
sessionStorage.removeItem("keydesk-focus");
if (place && !document.getElementById("problems")) place.focus();

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
