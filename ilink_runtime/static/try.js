// A form to be tried: it grows by itself, and without a server it judges itself by the rules as data.
"use strict";

const trial = document.getElementById("try");
const known = JSON.parse(document.getElementById("try-data").textContent);
const alone = !trial.hasAttribute("action");

// --- rows: the pattern of a row stands in a template, numbered "+"

function renumber(root, from, to) {
  for (const element of root.querySelectorAll("*")) {
    for (const attribute of element.attributes) {
      if (attribute.value.includes(from)) attribute.value = attribute.value.replaceAll(from, to);
    }
    if (element.tagName === "TEMPLATE") renumber(element.content, from, to);
  }
}

function numberTexts(root, number) {
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replace(/ \+$/, ` ${number}`);
}

// Where a value may be of several classes, the one that the button names; what was chosen once stays alone.
function add(group, name) {
  const templates = [...group.querySelectorAll(":scope > template[data-row-of]")];
  const template = templates.find((one) => !one.dataset.branch || one.dataset.branch === name);
  if (!template) return false;
  const pointer = template.dataset.rowOf;
  const rows = [...group.querySelectorAll(":scope > .row-group, :scope > .list-row")];
  const used = rows.map((row) => Number((row.id || row.querySelector("[name]").name).split("/").pop()));
  const number = Math.max(-1, ...used) + 1;
  const row = template.content.cloneNode(true);
  renumber(row, `${pointer}/+`, `${pointer}/${number}`);
  numberTexts(row, number + 1);
  const box = row.querySelector("input:not([type=hidden]), select, textarea");
  template.before(row);
  if (pointer.endsWith("!choice")) offer(group, false);
  (box || group).focus();
  return true;
}

// The buttons have the place of a choice as long as nothing was chosen.
function offer(group, open) {
  const buttons = group.querySelector(":scope > .choose");
  buttons.hidden = !open;
  if (open) buttons.id = group.id.replace(/!choice$/, "");
  else buttons.removeAttribute("id");
}

trial.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-rows-of]");
  if (!button) return;
  const group = document.getElementById(button.dataset.rowsOf);
  if (button.value.startsWith("add:")) {
    if (!add(group, button.value.slice(button.value.lastIndexOf(":") + 1))) return;
  } else {
    button.closest(".row-group, .list-row").remove();
    if (group.id.endsWith("!choice")) offer(group, true);
    group.focus();
  }
  event.preventDefault();
});

// --- from what is typed to the message, as the server reads it (form.py)

const DIGITS = "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹";
const LATIN = new Set(["number", "date", "partial_date", "datetime", "tel", "email"]);

function latin(text) {
  return text.replace(/[٠-٩۰-۹]/g, (digit) => String(DIGITS.indexOf(digit) % 10)).replaceAll("٫", ".");
}

class Typed {
  constructor() {
    this.texts = new Map();
    for (const [name, value] of new FormData(trial)) {
      if (typeof value !== "string") continue;
      if (!this.texts.has(name)) this.texts.set(name, []);
      this.texts.get(name).push(value.trim());
    }
  }

  text(name) {
    return (this.texts.get(name) || [""]).at(-1);
  }

  rows(pointer) {
    const numbers = new Set();
    for (const name of this.texts.keys()) {
      const found = name.startsWith(`${pointer}/`) && /^[0-9]+/.exec(name.slice(pointer.length + 1));
      if (found) numbers.add(Number(found[0]));
    }
    return [...numbers].sort((one, other) => one - other);
  }

  scalar(field, text) {
    if (field.kind === "code") return (known.codes[field.range] || {})[text] || text;
    if (LATIN.has(field.widget) || field.direction === "ltr") text = latin(text);
    return field.widget === "number" && /^[+-]?[0-9]{1,15}(\.[0-9]{1,15})?$/.test(text) ? Number(text) : text;
  }

  date(pointer) {
    const [year, month, day] = ["year", "month", "day"].map((part) => latin(this.text(`${pointer}#${part}`)));
    const two = (text) => (/^[0-9]+$/.test(text) ? text.padStart(2, "0") : text);
    const text = [year, two(month), two(day)].join("-").replace(/-+$/, "");
    return text ? text + (this.text(`${pointer}#about`) ? "~" : "") : undefined;
  }

  value(field, pointer) {
    if (field.branches) {
      if (!field.multivalued) return nothingIfEmpty(this.chosen(field, pointer));
      return nothingIfEmpty(
        this.rows(pointer).map((row) => this.chosen(field, `${pointer}/${row}`)).filter((row) => !isEmpty(row)),
      );
    }
    if (field.kind === "class") {
      if (!field.multivalued) return nothingIfEmpty(this.object(field, pointer));
      return nothingIfEmpty(
        this.rows(pointer).map((row) => this.object(field, `${pointer}/${row}`)).filter((row) => !isEmpty(row)),
      );
    }
    if (field.multivalued) {
      const texts = [...(this.texts.get(pointer) || [])];
      for (const row of this.rows(pointer)) texts.push(...(this.texts.get(`${pointer}/${row}`) || []));
      return nothingIfEmpty(texts.filter(Boolean).map((text) => this.scalar(field, text)));
    }
    if (field.widget === "checkbox") return this.text(pointer) === "true" ? true : undefined;
    if (field.widget === "date" || field.widget === "partial_date") return this.date(pointer);
    const text = this.text(pointer);
    return text ? this.scalar(field, text) : undefined;
  }

  object(field, pointer) {
    const value = {};
    for (const part of field.fields) {
      if (!isKnown(part)) place(value, part.pointer, this.value(part, `${pointer}/${part.pointer}`));
    }
    const names = field.fields.map((part) => part.name);
    const freeText = names.includes("text") && names.includes("language");
    if (isEmpty(value) || (freeText && Object.keys(value).join() === "language")) return {};
    for (const part of field.fields) if ("value" in part) value[part.name] = part.value;
    return value;
  }

  // A value of the class that was chosen for it.
  chosen(field, pointer) {
    const said = this.text(`${pointer}#is`);
    for (const branch of field.branches) {
      const designator = (branch.fields || []).find((part) => part.widget === "hidden");
      const names = designator ? designator.values || [designator.value] : [branch.range];
      if (!names.includes(said)) continue;
      const whole = { ...field, ...branch, multivalued: false, branches: undefined };
      const value = branch.kind === "class" ? this.object(whole, pointer) : this.value(whole, pointer);
      if (designator) value[designator.name] = said;
      if (isObject(value)) branchOf.set(value, whole);
      return value;
    }
    return undefined;
  }

  message() {
    const message = {};
    const fields = known.form.sections.flatMap((section) => section.fields);
    for (const field of fields) {
      if (!isKnown(field)) place(message, field.pointer, this.value(field, field.pointer));
    }
    for (const field of fields) {
      if (isKnown(field) && isThere(message, field.pointer)) {
        place(message, field.pointer, "value" in field ? field.value : known.form.type);
      }
    }
    return message;
  }
}

// The fields that were chosen for objects that may be of several classes.
const branchOf = new WeakMap();

// Nobody is asked for what is known.
function isKnown(field) {
  return field.widget === "hidden" || field.widget === "fixed";
}

function isThere(message, pointer) {
  const way = pointer.replace(/^\//, "").split("/").slice(0, -1);
  return way.reduce((holder, step) => (holder || {})[step], message) !== undefined;
}

function isEmpty(value) {
  return value === undefined || (typeof value === "object" && Object.keys(value).length === 0);
}

function nothingIfEmpty(value) {
  return isEmpty(value) ? undefined : value;
}

function place(holder, pointer, value) {
  if (value === undefined) return;
  const steps = pointer.replace(/^\//, "").split("/");
  for (const step of steps.slice(0, -1)) holder = holder[step] ??= {};
  holder[steps.at(-1)] = value;
}

// --- conditions: true, false or null, which is unknown (conditions.py)

const isAbsent = (value) => value === undefined || value === null || (Array.isArray(value) && value.length === 0);
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

function all(verdicts) {
  return verdicts.includes(false) ? false : verdicts.includes(null) ? null : true;
}

function any(verdicts) {
  return verdicts.includes(true) ? true : verdicts.includes(null) ? null : false;
}

function one(verdicts) {
  const certain = verdicts.filter((verdict) => verdict === true).length;
  if (certain > 1 || verdicts.every((verdict) => verdict === false)) return false;
  return verdicts.includes(null) ? null : true;
}

function isA(kind, value) {
  if (kind === "string" || kind === "boolean") return typeof value === kind;
  return typeof value === "number" && (kind === "number" || Number.isInteger(value));
}

function holds(condition, value) {
  const [[word, asked]] = Object.entries(condition);
  const each = (parts) => parts.map((part) => holds(part, value));
  if (word === "present") return !isAbsent(value);
  if (word === "all") return all(each(asked));
  if (word === "any") return any(each(asked));
  if (word === "one") return one(each(asked));
  if (word === "not") {
    const verdict = holds(asked, value);
    return verdict === null ? null : !verdict;
  }
  if (isAbsent(value)) return null;
  if (word === "at") return isObject(value) ? holds(asked[1], value[asked[0]]) : false;
  if (word === "is_a") return isA(asked, value);
  if (word === "is") return asked.includes(value);
  if (word === "at_least") return typeof value === "number" && value >= asked;
  if (word === "at_most") return typeof value === "number" && value <= asked;
  if (word === "matches") return typeof value === "string" && new RegExp(asked, "u").test(value);
  if (!Array.isArray(value)) return false;
  const verdicts = () => value.map((member) => holds(asked, member));
  if (word === "some") return any(verdicts());
  if (word === "every") return all(verdicts());
  return (asked[0] === null || value.length >= asked[0]) && (asked[1] === null || value.length <= asked[1]);
}

// --- faults

function say(code, field, params = {}) {
  const words = { label: known.titles[field.text], ...params };
  return known.said[code].replace(/%\((\w+)\)s/g, (_whole, name) => String(words[name] ?? ""));
}

function* faultsOfFields(fields, holder, base) {
  for (const field of fields) {
    const steps = field.pointer.replace(/^\//, "").split("/");
    const within = steps.slice(0, -1).reduce((value, step) => (value || {})[step], holder);
    const value = (within || {})[field.name];
    const pointer = `${base}/${steps.join("/")}`;
    if (value === undefined) {
      if (field.required && within !== undefined) yield { level: "record", pointer, said: say("required", field) };
      else if (field.recommended && within !== undefined) yield { level: "quality", pointer, said: say("required", field) };
      continue;
    }
    const members = field.multivalued ? value : [value];
    for (const [number, member] of members.entries()) {
      const at = field.multivalued ? `${pointer}/${number}` : pointer;
      const branch = isObject(member) && branchOf.get(member);
      if (branch) yield* faultsOfFields(branch.fields, member, at);
      else if (field.kind === "class" && field.fields) yield* faultsOfFields(field.fields, member, at);
      else yield* faultsOfValue(field, member, at);
    }
  }
}

function* faultsOfValue(field, value, pointer) {
  const fault = (code, params) => ({ level: "record", pointer, said: say(code, field, params) });
  const type = known.types[field.range] || {};
  if (field.kind === "code") {
    const labels = known.codes[field.range];
    if (labels && !Object.values(labels).includes(value)) yield fault("not_in_list");
  } else if (typeof value === "number") {
    if (field.minimum !== undefined && value < field.minimum) yield fault("too_small", { limit: field.minimum });
    if (field.maximum !== undefined && value > field.maximum) yield fault("too_large", { limit: field.maximum });
  } else if (typeof value === "string") {
    const most = type.max_length;
    if (most !== undefined && [...value].length > most) yield fault("too_long", { limit: most });
    if (field.widget === "number" || (type.pattern && !new RegExp(type.pattern, "u").test(value))) yield fault("pattern");
  }
}

function* faultsOfRules(className, value, pointer) {
  for (const code of known.rules[className] || []) {
    const rule = known.conditions[code];
    const fires = !rule.when || holds(rule.when, value) === true;
    const asked = fires ? rule.then : rule.otherwise;
    if (asked && holds(asked, value) === false) {
      yield { level: rule.level, pointer: pointer + firstPlace(asked), said: known.sentences[code] };
    }
  }
  const ranges = known.ranges[className] || {};
  for (const [name, inside] of Object.entries(value || {})) {
    const members = Array.isArray(inside) ? inside.entries() : [["", inside]];
    for (const [number, member] of members) {
      if (!isObject(member)) continue;
      const range = branchOf.has(member) ? branchOf.get(member).range : ranges[name];
      const at = Array.isArray(inside) ? `${pointer}/${name}/${number}` : `${pointer}/${name}`;
      if (range) yield* faultsOfRules(range, member, at);
    }
  }
}

// The first field that a condition asks for, as a pointer.
function firstPlace(condition) {
  const [[word, asked]] = Object.entries(condition);
  if (word === "at") return `/${asked[0]}${firstPlace(asked[1])}`;
  if (["all", "any", "one"].includes(word)) return asked.length ? firstPlace(asked[0]) : "";
  return word === "not" ? firstPlace(asked) : "";
}

function faults(message) {
  const fields = known.form.sections.flatMap((section) => section.fields);
  const shown = fields.filter((field) => field.widget !== "hidden");
  return [...faultsOfFields(shown, message, ""), ...faultsOfRules(known.form.type, message, "")];
}

// The place itself, else what it stands in.
function nearest(pointer) {
  while (pointer && !document.getElementById(pointer)) pointer = pointer.slice(0, pointer.lastIndexOf("/"));
  return pointer;
}

function line(fault) {
  const item = document.createElement("li");
  const pointer = nearest(fault.pointer);
  const words = document.createElement(pointer ? "a" : "span");
  words.textContent = fault.said;
  if (pointer) words.href = `#${pointer}`;
  item.append(words);
  return item;
}

function judge() {
  const verdict = document.getElementById("verdict");
  const message = new Typed().message();
  const found = faults(message);
  for (const group of verdict.querySelectorAll("[data-level]")) {
    const lines = found.filter((fault) => fault.level === group.dataset.level).map(line);
    group.querySelector("ul").replaceChildren(...lines);
    group.hidden = lines.length === 0;
  }
  verdict.querySelector("[data-good]").hidden = found.some((fault) => fault.level !== "quality");
  verdict.querySelector("pre").textContent = JSON.stringify(message, null, 1);
  verdict.hidden = false;
  verdict.focus();
}

if (alone) {
  trial.addEventListener("submit", (event) => {
    event.preventDefault();
    judge();
  });
}
