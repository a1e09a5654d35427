// What pages gain where script runs. Each behaviour hangs on an attribute of the markup and does nothing without it.
// What is posted always stands in the form's own fields, which work without any of this; all words come from the page.
// build.rs takes out lines of comment and indentation: no text may run over the end of a line.

const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const page = document.querySelector("form[data-words]");
const words = page ? JSON.parse(page.dataset.words) : {};
const plural = new Intl.PluralRules(words.language || "en");

const fill = (text, places) => text.replace(/\{(\w+)\}/g, (place, name) => (name in places ? places[name] : place));
const counted = (forms, n) => fill(forms[plural.select(n)] || forms.other, { n: n.toLocaleString("en-GB") });

// An element with words of the program in it, marked where they are of another language than the page.
const make = (tag, properties, ...inside) => {
  const made = Object.assign(document.createElement(tag), properties);
  if (words.lang) made.lang = words.lang;
  made.append(...inside);
  return made;
};
const unseen = (text) => {
  const made = Object.assign(document.createElement("span"), { className: "nhsuk-u-visually-hidden", textContent: text });
  if (words.lang) made.lang = document.documentElement.lang;
  return made;
};

// Text as the server keeps it: see `tidy` in src/item/fields.rs.
const INVISIBLE = /[\s\x85\u200b\u200e\u200f\ufeff\u2060]/;
const tidy = (text) => {
  const unified = text.replace(/\r\n?/g, "\n").replace(/\0/g, "");
  let [start, end] = [0, unified.length];
  while (start < end && INVISIBLE.test(unified[start])) start += 1;
  while (end > start && INVISIBLE.test(unified[end - 1])) end -= 1;
  return unified.slice(start, end).normalize("NFC");
};

// Said to those who listen, once nothing newer has come for a while.
const live = make("div", { className: "nhsuk-u-visually-hidden" });
live.setAttribute("aria-live", "polite");
if (page) page.append(live);
let speaking;
const say = (text, after = 1000) => {
  clearTimeout(speaking);
  speaking = setTimeout(() => (live.textContent = text), after);
};

const changed = (field) => field.dispatchEvent(new Event("change", { bubbles: true }));

// The summary of faults is heard first.
for (const summary of all("[data-module=nhsuk-error-summary]")) {
  summary.tabIndex = -1;
  summary.focus();
}

// A second press within a second is the same press. No button is ever disabled: a lost answer needs it again.
for (const form of all("form[data-once]")) {
  let last = -1000;
  form.addEventListener("submit", (event) => {
    if (event.timeStamp - last < 1000) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    last = event.timeStamp;
    // What another part of the page stopped was not sent.
    setTimeout(() => (last = event.defaultPrevented ? -1000 : last));
  });
}

// "None of these" and the others untick each other.
const excludes = (box) => box.dataset.behaviour === "exclusive";
document.addEventListener("change", ({ target }) => {
  if (target.type !== "checkbox" || !target.checked) return;
  for (const box of all("input[type=checkbox]:checked", target.form)) {
    if (box !== target && box.name === target.name && (excludes(box) || excludes(target))) box.checked = false;
  }
});

// Who writes beside "other" means it.
for (const box of all("[data-other]")) {
  const code = box.dataset.other;
  const name = box.name.slice(0, -`.other.${code}`.length);
  const isOption = (e) => e.name === name && (e.localName === "select" || e.value === code);
  const option = all("input, select", box.form).find(isOption);
  box.addEventListener("input", () => {
    if (!tidy(box.value) || option.checked || (option.localName === "select" && option.value === code)) return;
    if (option.localName === "select") option.value = code;
    else option.checked = true;
    changed(option);
  });
}

// Characters left, as people and the server count them. The limit in words stays for those who listen.
for (const field of window.Intl.Segmenter ? all("[data-module=nhsuk-character-count]") : []) {
  const box = field.querySelector(".nhsuk-js-character-count");
  const limit = field.querySelector(".nhsuk-character-count__message");
  const max = Number(field.dataset.maxlength);
  const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  const shown = make("div", { className: limit.className });
  shown.setAttribute("aria-hidden", "true");
  const tell = () => {
    const left = max - [...segmenter.segment(tidy(box.value))].length;
    shown.textContent = counted(left < 0 ? words.characters_over : words.characters_left, Math.abs(left));
    shown.classList.toggle("nhsuk-error-message", left < 0);
    shown.classList.toggle("nhsuk-hint", left >= 0);
  };
  tell();
  limit.classList.add("nhsuk-u-visually-hidden");
  limit.after(shown);
  box.addEventListener("input", () => {
    tell();
    say(shown.textContent);
  });
}

// Points shared so far.
for (const output of all("output[data-total]")) {
  const boxes = [...output.htmlFor].map((id) => document.getElementById(id));
  const total = Number(output.dataset.total);
  const tell = () => {
    const typed = boxes.map((box) => tidy(box.value).replace(/ /g, ""));
    const sum = typed.reduce((sum, text) => sum + (/^\+?\d+(,\d{3})*$/.test(text) ? Number(text.replace(/,/g, "")) : 0), 0);
    const over = sum > total;
    const places = { sum, total, left: total - sum, over: sum - total };
    output.textContent = fill(over ? words.points_over : words.points_left, places);
    output.classList.toggle("canvass-total--over", over);
    say(output.textContent);
  };
  boxes.forEach((box) => box.addEventListener("input", tell));
}

// A ranking gains buttons that move a row by one place. The places stand in its drop-downs, which are what is posted.
// Rows with a place come first, in its order. Below the last place a row has none.
for (const list of all("[data-rank]")) {
  const max = Number(list.dataset.rank);
  const rows = [...list.children].map((element) => {
    const select = element.querySelector("select");
    const name = element.querySelector("label").textContent.trim();
    return { element, select, name };
  });
  const place = (row) => Number(row.select.value) || max + 1;
  const hasPlace = (row) => place(row) <= max;
  const inOrder = () => [...rows].sort((one, other) => place(one) - place(other));
  const mark = () =>
    inOrder().forEach((row, at) => {
      row.up.setAttribute("aria-disabled", at === 0 && place(row) === 1);
      row.down.setAttribute("aria-disabled", at === rows.length - 1 || !hasPlace(row));
    });
  // The others are put around the one that moves, so that it keeps the focus.
  const arrange = (moved) => {
    let before = Boolean(moved);
    for (const row of inOrder()) {
      if (row === moved) before = false;
      else list.insertBefore(row.element, before ? moved.element : null);
    }
    mark();
  };
  const move = (row, down) => {
    const placed = inOrder().filter(hasPlace);
    const at = placed.indexOf(row);
    if (at < 0) placed.splice(Math.min(placed.length, max - 1), 0, row);
    else {
      placed.splice(at, 1);
      if (!down) placed.splice(Math.max(at - 1, 0), 0, row);
      else if (at < placed.length) placed.splice(at + 1, 0, row);
    }
    rows.forEach((each) => (each.select.value = ""));
    placed.slice(0, max).forEach((each, index) => (each.select.value = index + 1));
    arrange(row);
    changed(row.select);
    say(fill(hasPlace(row) ? words.ranked : words.unranked, { name: row.name, place: place(row), max }), 100);
  };
  for (const row of rows) {
    const button = (text, down) => {
      const className = "nhsuk-button nhsuk-button--secondary nhsuk-button--small";
      const made = make("button", { type: "button", className }, text, unseen(`: ${row.name}`));
      made.addEventListener("click", () => {
        if (made.getAttribute("aria-disabled") === "false") move(row, down);
        made.scrollIntoView({ block: "nearest" });
      });
      return made;
    };
    row.up = button(words.up, false);
    row.down = button(words.down, true);
    const line = Object.assign(document.createElement("div"), { className: "canvass-places" });
    row.select.replaceWith(line);
    line.append(row.select, row.up, row.down);
    row.select.addEventListener("change", mark);
  }
  arrange();
}

// A box to search a long list with. What is chosen, and what asks for a text of its own, always stays in sight.
const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
for (const list of all("[data-search]")) {
  const isSelect = list.localName === "select";
  const option = (element) => ({ element, text: folded(element.textContent) });
  const options = (isSelect ? [...list.options].filter((o) => o.value) : all(".nhsuk-checkboxes__item, .nhsuk-radios__item", list)).map(option);
  const others = all("[data-other]", list.form || list).map((box) => box.dataset.other);
  const stays = ({ element }) => {
    const input = isSelect ? element : element.querySelector("input");
    return input.selected || input.checked || others.includes(input.value);
  };
  const id = `${list.dataset.search}-search`;
  const box = make("input", { type: "search", id, className: "nhsuk-input canvass-search", autocomplete: "off" });
  const question = isSelect ? list.labels[0] : list.closest("fieldset").querySelector("legend");
  const label = make("label", { className: "nhsuk-label", htmlFor: id }, words.search, unseen(`: ${question.textContent.trim()}`));
  const shown = make("p", { className: "nhsuk-hint canvass-shown" });
  list.before(label, box, shown);
  box.addEventListener("input", () => {
    const wanted = folded(tidy(box.value)).split(/\s+/);
    const fits = (option) => stays(option) || wanted.every((part) => option.text.includes(part));
    const found = options.filter(fits);
    if (isSelect) list.replaceChildren(...[...list.options].filter((o) => !o.value), ...found.map((o) => o.element));
    else options.forEach((option) => (option.element.hidden = !found.includes(option)));
    shown.textContent = fill(words.shown, { shown: found.length, all: options.length });
    say(shown.textContent);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}

// What is typed is kept while it is being typed: 2 s after the last key, at most every 5 s, and on leaving the page.
if (page && page.dataset.keep) {
  const status = make("p", { className: "canvass-kept" });
  status.setAttribute("role", "status");
  page.append(status);
  const counter = make("input", { type: "hidden", name: "_number" });
  const read = () => {
    const fields = new FormData(page);
    fields.delete("_number");
    return new URLSearchParams(fields).toString();
  };
  let [number, last, timer, running, stopped] = [0, -5000, 0, Promise.resolve(), false];
  let sent = read();

  // Said once only: after that, "Saved" only comes back into sight.
  const tell = (text) => {
    if (status.textContent !== text) status.textContent = text;
    status.className = text === words.saved ? "canvass-kept" : "canvass-kept canvass-kept--not";
  };
  const wait = (least) => {
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(least, last + 5000 - performance.now()));
  };
  const post = async (body) => {
    try {
      const headers = { "content-type": "application/x-www-form-urlencoded;charset=UTF-8" };
      const keepalive = body.length < 60000;
      const answer = await fetch(page.dataset.keep, { method: "POST", body: `${body}&_number=${number}`, headers, keepalive });
      if (answer.status >= 500) throw answer;
      stopped = !answer.ok;
      if (body === read() || stopped) tell(stopped ? words.not_saved : words.saved);
    } catch {
      if (sent === body) sent = "";
      tell(words.offline);
      wait(15000);
    }
  };
  const save = () => {
    clearTimeout(timer);
    const body = read();
    if (!stopped && body !== sent) {
      sent = body;
      last = performance.now();
      number += 1;
      running = post(body);
    }
    return running;
  };
  const typed = () => {
    if (stopped || read() === sent) return;
    if (status.textContent === words.saved) status.classList.add("canvass-kept--past");
    wait(2000);
  };
  page.addEventListener("input", typed);
  page.addEventListener("change", typed);
  page.addEventListener("submit", (event) => {
    if (!navigator.onLine) {
      event.preventDefault();
      tell(words.offline);
      return;
    }
    clearTimeout(timer);
    number += 1;
    counter.value = number;
    page.append(counter);
    sent = read();
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save());
  for (const leaving of ["beforeunload", "pagehide", "online"]) window.addEventListener(leaving, save);
  for (const link of all("a[data-save-first]")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      const patience = new Promise((over) => setTimeout(over, 1500));
      Promise.race([save(), patience]).then(() => location.assign(link.href));
    });
  }
}
