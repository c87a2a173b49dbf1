// The bench draws anew what has changed, and leaves the rest where it is.
"use strict";

const turns = new EventSource("/turns");
const sources = (root) => [...root.querySelectorAll("iframe")].map((frame) => frame.getAttribute("src")).join();
let shown = document.body.dataset.turn;

async function fetched(address) {
  const answer = await fetch(address);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

// A language: the sections that differ, or the whole form if others come or go.
async function redrawColumn(frame) {
  const fresh = (await fetched(frame.src)).querySelector("main");
  const old = frame.contentDocument.querySelector("main");
  if (!fresh || !old) return;
  const parts = (main) => [...main.querySelectorAll("main > header, main > form > *")];
  const [before, after] = [parts(old), parts(fresh)];
  if (before.length !== after.length) old.replaceWith(frame.contentDocument.adoptNode(fresh));
  else before.forEach((part, at) => part.outerHTML === after[at].outerHTML || part.replaceWith(after[at]));
}

async function redraw() {
  const fresh = await fetched(location.href);
  if (sources(fresh) !== sources(document)) {
    location.reload();
    return;
  }
  document.title = fresh.title;
  for (const id of ["said", "form"]) document.getElementById(id).replaceWith(fresh.getElementById(id));
  document.body.dataset.turn = fresh.body.dataset.turn;
}

// One drawing at a time, and the last turn last: answers may overtake one another.
let wanted = shown;
let drawing = false;
turns.addEventListener("message", async (event) => {
  wanted = event.data;
  if (drawing) return;
  drawing = true;
  try {
    while (shown !== wanted) {
      shown = wanted;
      await Promise.all([...[...document.querySelectorAll("iframe")].map(redrawColumn), redraw()]);
    }
  } finally {
    drawing = false;
  }
});

window.addEventListener("pagehide", () => turns.close());
document.addEventListener("change", (event) => {
  if (event.target.id === "form") event.target.form.requestSubmit();
});
