// What makes the desk quicker. Every page works without it.
"use strict";

const body = document.body;
const live = document.getElementById("live");

function typing(target) {
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}

// --- keys: / to the search box, ? for the list, arrows through lists of messages

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "/") {
    const box = document.getElementById("search-box");
    if (box) {
      event.preventDefault();
      box.focus();
      box.select();
    }
  } else if (event.key === "?") {
    event.preventDefault();
    const keys = document.getElementById("keys");
    if (!keys.open) keys.showModal();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const links = [...document.querySelectorAll(".hit-title a")];
    const at = links.indexOf(document.activeElement);
    const next = links[at + (event.key === "ArrowDown" ? 1 : -1)];
    if (at >= 0 && next) {
      event.preventDefault();
      next.focus();
    }
  }
});

// --- faults take the focus

const summary = document.querySelector("[data-focus]");
if (summary) summary.focus();

// --- identifiers are copied without the marks around them

if (navigator.clipboard) {
  for (const button of document.querySelectorAll(".copy")) button.hidden = false;
  document.addEventListener("click", async (event) => {
    const button = event.target.closest(".copy");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    if (!live.querySelector("a")) live.textContent = body.dataset.copied;
  });
}

// --- news are announced; nothing moves under the reader's hand

if ("signedIn" in body.dataset && document.querySelector(".hits")) {
  const forms = JSON.parse(body.dataset.news);
  const plural = new Intl.PluralRules(body.dataset.lang);
  const heard = new Set();
  const stream = new EventSource("/api/v1/stream");
  const announce = (event) => {
    const news = JSON.parse(event.data);
    if (news.kind === "removed") return;
    heard.add(news.reference);
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = (forms[plural.select(heard.size)] || forms.other).replace("%(n)s", heard.size);
    live.replaceChildren(link);
  };
  stream.addEventListener("message", announce);
  window.addEventListener("pagehide", () => stream.close());
}

// --- a form saves itself, and grows without leaving the page

const form = document.getElementById("draft");

// A file goes along when it was chosen, and never again.
async function post(action, chosen = null) {
  const data = new FormData(form);
  for (const box of fileBoxes()) if (box !== chosen) data.delete(box.name);
  data.set("action", action);
  const sent = chosen ? data : new URLSearchParams(data);
  // Not form.action: buttons of that name stand in its place.
  return fetch(form.getAttribute("action"), { method: "POST", body: sent, redirect: "follow" });
}

function fileBoxes() {
  return [...form.querySelectorAll("input[type=file]")];
}

function startSaving() {
  const saved = document.getElementById("saved");
  let timer = 0;
  let saving = false;
  let again = false;
  let pressed = null;

  // What is under way gives the form a new revision; a button that was pressed meanwhile waits for it.
  function done() {
    const button = pressed;
    const chosen = fileBoxes().find((box) => box.files.length);
    saving = false;
    pressed = null;
    if (button) form.requestSubmit(button);
    else if (chosen) upload(chosen);
    else if (again) soon();
    again = false;
  }

  // The first save of a new form makes a draft, which has an address of its own.
  function settle(place, revision, said) {
    form.elements.revision.value = revision;
    saved.textContent = said;
    if (!form.getAttribute("action").startsWith(place)) {
      form.setAttribute("action", place);
      history.replaceState(null, "", place);
    }
  }

  async function save() {
    if (saving) {
      again = true;
      return;
    }
    saving = true;
    saved.textContent = body.dataset.saving;
    try {
      const answer = await post("autosave");
      if (answer.status === 412) {
        saved.textContent = body.dataset.stale;
        form.removeEventListener("input", soon);
      } else if (answer.status === 401) {
        saved.textContent = body.dataset.ended;
      } else if (!answer.ok) {
        throw new Error(String(answer.status));
      } else {
        const kept = await answer.json();
        settle(kept.place, kept.revision, kept.said);
      }
    } catch {
      saved.textContent = body.dataset.unsaved;
      timer = setTimeout(save, 10000);
    }
    done();
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(save, 2500);
  }

  form.addEventListener("input", soon);
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!saving) return;
    event.preventDefault();
    pressed = event.submitter;
  });

  // The answer is the whole page; only the group that changed is taken from it.
  async function exchange(action, pointer, chosen, otherwise) {
    clearTimeout(timer);
    saving = true;
    try {
      const answer = await post(action, chosen);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(pointer);
      if (!fresh || !(answer.ok || answer.status === 422)) throw new Error(String(answer.status));
      document.getElementById(pointer).replaceWith(fresh);
      document.getElementById("list-of-parts").replaceWith(page.getElementById("list-of-parts"));
      const [place] = page.getElementById("draft").getAttribute("action").split("?");
      const revision = page.querySelector("#draft [name=revision]").value;
      settle(place, revision, page.getElementById("saved").textContent);
      suggestIn(fresh);
      focusAfter(action, fresh);
      done();
    } catch {
      saving = false;
      otherwise();
    }
  }

  // Rows, and files that are taken out.
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-rows-of]");
    if (!button || saving) return;
    event.preventDefault();
    exchange(button.value, button.dataset.rowsOf, null, () => form.requestSubmit(button));
  });

  // A file is kept as soon as it was chosen.
  function upload(box) {
    if (box.files[0].size > Number(box.dataset.most)) {
      clearTimeout(timer);
      box.value = "";
      saved.textContent = box.dataset.tooLarge;
    } else {
      exchange("save", box.closest(".file-box").id, box, () => form.requestSubmit());
    }
  }

  form.addEventListener("change", (event) => {
    const box = event.target.closest("input[type=file]");
    if (box && box.files.length && !saving) upload(box);
  });
}

function focusAfter(action, group) {
  const boxes = "input:not([type=hidden]), select, textarea";
  const rows = group.querySelectorAll(":scope > .row-group, :scope > .list-row");
  const row = action.startsWith("add:") ? rows[rows.length - 1] : null;
  (row ? row.querySelector(boxes) : group).focus();
}

// --- long code lists suggest while one types

function suggestIn(root) {
  for (const box of root.querySelectorAll("input[data-code-list]")) suggest(box);
}

function suggest(box) {
  const list = document.createElement("ul");
  const wrap = document.createElement("div");
  let options = [];
  let chosen = -1;
  let asked = 0;

  wrap.className = "suggesting";
  list.className = "suggestions";
  list.id = `${box.id}!suggestions`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.labels.length ? box.labels[0].textContent.trim() : box.name);
  box.removeAttribute("list");
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-expanded", "false");
  box.setAttribute("aria-controls", list.id);
  box.replaceWith(wrap);
  wrap.append(box, list);

  function close() {
    list.hidden = true;
    chosen = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  function take(number) {
    box.value = options[number].label;
    close();
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function mark(number) {
    chosen = (number + options.length) % options.length;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === chosen)));
    list.children[chosen].scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", list.children[chosen].id);
  }

  async function ask() {
    const words = box.value.trim();
    const number = ++asked;
    if (!words) return close();
    const query = new URLSearchParams({ q: words, lang: body.dataset.lang });
    const answer = await fetch(`/api/v1/code-lists/${box.dataset.codeList}?${query}`);
    if (!answer.ok || number !== asked) return;
    const found = await answer.json();
    options = found.codes.slice(0, 12).map((code) => ({ label: code.label }));
    list.replaceChildren(
      ...options.map((option, at) => {
        const item = document.createElement("li");
        item.id = `${list.id}-${at}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        item.textContent = option.label;
        item.addEventListener("mousedown", (event) => {
          event.preventDefault();
          take(at);
        });
        return item;
      }),
    );
    list.hidden = options.length === 0 || document.activeElement !== box;
    chosen = -1;
    box.setAttribute("aria-expanded", String(!list.hidden));
  }

  box.addEventListener("input", (event) => {
    if (event.isTrusted) ask();
  });
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") mark(chosen + 1);
    else if (event.key === "ArrowUp") mark(chosen < 0 ? options.length - 1 : chosen - 1);
    else if (event.key === "Enter" && chosen >= 0) take(chosen);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
}

if (form) {
  if ("autosave" in form.dataset) startSaving();
  suggestIn(form);
}
