// Searches the one list of everything, where no server does it.
"use strict";

const box = document.getElementById("reference-box");
const elements = [...document.querySelectorAll("[data-find] li")];

function folded(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

const texts = elements.map((element) => folded(element.textContent));

function find() {
  const words = folded(box.value.trim()).split(/\s+/);
  elements.forEach((element, at) => {
    element.hidden = !words.every((word) => texts[at].includes(word));
  });
}

box.value = new URLSearchParams(location.search).get("q") || box.value;
box.addEventListener("input", find);
find();
