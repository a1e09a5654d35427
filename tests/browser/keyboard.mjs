// A keyboard and nothing else: what Tab reaches, whether it is seen, and answering with keys alone.

import assert from "node:assert/strict";

/** What Tab should stop at, in the order of the page, each by a name that people would know it by. */
async function stops(page) {
  return page.evaluate(() => {
    const shown = (e) => e.type !== "hidden" && !e.disabled && e.tabIndex >= 0 && e.checkVisibility({ visibilityProperty: true });
    const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")].filter(shown);
    // Tab stops once at a group of radio buttons: at the one that is ticked, or else at the first.
    const isItsGroups = (e) => {
      if (e.type !== "radio") return true;
      const group = all.filter((other) => other.type === "radio" && other.name === e.name && other.form === e.form);
      return e === (group.find((other) => other.checked) ?? group[0]);
    };
    globalThis.canvassStops = all.filter(isItsGroups);
    const looks = (e) => {
      const drawn = e.matches("input[type=radio], input[type=checkbox]") ? [e, e.nextElementSibling, "::before"] : [e];
      const [first, second, part] = drawn;
      return [getComputedStyle(first), second && getComputedStyle(second, part)]
        .filter(Boolean)
        .map((s) => [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.backgroundColor, s.borderTopWidth, s.borderTopColor].join())
        .join(" | ");
    };
    globalThis.canvassLooks = looks;
    globalThis.canvassRest = new Map(globalThis.canvassStops.map((e) => [e, e === document.activeElement ? "" : looks(e)]));
    return globalThis.canvassStops.map((e) => e.id || e.name || e.textContent.trim());
  });
}

/** Where the focus is now, and what is wrong with how it is shown. */
async function focused(page) {
  return page.evaluate(() => {
    const e = document.activeElement;
    const at = globalThis.canvassStops.indexOf(e);
    if (at < 0) return { at, name: e.outerHTML.slice(0, 80), faults: [] };
    const faults = [];
    if (globalThis.canvassLooks(e) === globalThis.canvassRest.get(e)) faults.push("looks as it does without the focus");
    const box = e.getClientRects()[0];
    // The middle of what is in sight: a long box may go on below the window.
    const [x, y] = [Math.max(box.left, 0) + Math.min(box.right, innerWidth), Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)].map((sum) => sum / 2);
    const top = document.elementFromPoint(x, y);
    const isOwn = top && (e.contains(top) || [...(e.labels ?? [])].some((label) => label.contains(top)));
    if (!isOwn) faults.push(`is covered at ${Math.round(x)}, ${Math.round(y)} by ${top?.outerHTML.slice(0, 60)}`);
    return { at, faults };
  });
}

/**
 * Goes once round the page by Tab: it stops at everything that can be used, in the order of the page, each stop is seen
 * and nothing lies over it (WCAG 2.1.1, 2.1.2, 2.4.3, 2.4.7, 2.4.11).
 */
export async function expectTabReachesAll(page, name) {
  const expected = await stops(page);
  const seen = [];
  const faults = [];
  // One round more than needed: at the end the browser's own bar has the focus for a moment.
  for (let pressed = 0; pressed < expected.length + 2 && seen.length < expected.length; pressed += 1) {
    await page.keyboard.press("Tab");
    const stop = await focused(page);
    if (stop.at < 0) {
      if (!stop.name.startsWith("<body")) faults.push(`stops at ${stop.name}`);
      continue;
    }
    seen.push(expected[stop.at]);
    faults.push(...stop.faults.map((fault) => `${expected[stop.at]} ${fault}`));
  }
  // A summary of faults has the focus at first, so the round may begin below the top.
  const from = Math.max(expected.indexOf(seen[0]), 0);
  assert.deepEqual(seen, [...expected.slice(from), ...expected.slice(0, from)], `${name}: the order of Tab`);
  assert.deepEqual(faults, [], name);
  assert.ok(expected.length > 3, `${name}: ${expected}`);
}

/** What has the focus, and what to do with it. */
async function duty(page) {
  return page.evaluate(() => {
    const e = document.activeElement;
    const kind = e.type ?? e.localName;
    const list = e.closest("[data-rank]");
    const group = [...(e.form?.elements ?? [])].filter((other) => e.name && other.name === e.name);
    const isPrimary = e.matches("main .nhsuk-button:not(.nhsuk-button--secondary)");
    if (isPrimary) return { act: "press" };
    if (!e.form || !e.closest("main") || kind === "search" || e.matches("[data-other]") || e.readOnly) return { act: "pass" };
    if (kind === "radio") return { act: group.some((other) => other.checked) ? "pass" : "radio", many: group.length > 1, name: e.name };
    if (kind === "checkbox") return { act: group.some((other) => other.checked) ? "pass" : "tick" };
    if (list) {
      const selects = [...list.querySelectorAll("select")];
      const places = selects.filter((select) => select.value).length;
      const own = e.closest(".canvass-row").querySelector("select");
      const isFree = !own.value && places < Number(list.dataset.rank);
      const hasButtons = list.querySelector("button");
      if (kind === "select-one") return !hasButtons && isFree ? { act: "choose", down: places + 1 } : { act: "pass" };
      return { act: isFree && e === own.parentElement.querySelector("button") ? "up" : "pass" };
    }
    if (kind === "select-one") return e.value ? { act: "pass" } : { act: "choose", down: 1 };
    if (!["text", "textarea", "email"].includes(kind) || e.value) return { act: "pass" };
    const output = e.closest("fieldset")?.querySelector("output[data-total]");
    const shared = output && [...output.htmlFor].some((id) => document.getElementById(id).value);
    if (shared) return { act: "pass" };
    if (output) return { act: "type", text: output.dataset.total };
    const fixed = [
      [/\.day$/, "1"],
      [/\.month$/, "2"],
      [/\.year$/, "2020"],
      [/^staff_number$/, "AB1234"],
    ].find(([id]) => id.test(e.name));
    if (fixed) return { act: "type", text: fixed[1] };
    if (kind === "email" || e.autocomplete === "email") return { act: "type", text: "someone@example.org" };
    if (["numeric", "decimal"].includes(e.inputMode)) return { act: "type", text: "7" };
    return { act: "type", text: "Typed by hand" };
  });
}

/** Answers all of a page by Tab, Space, arrows and letters, and presses its main button. Says how much was answered. */
export async function answerByKeys(page) {
  let answered = 0;
  for (let pressed = 0; pressed < 400; pressed += 1) {
    await page.keyboard.press("Tab");
    const { act, down, text, many, name } = await duty(page);
    if (act !== "pass") answered += 1;
    if (act === "tick") await page.keyboard.press("Space");
    if (act === "type") await page.keyboard.type(text);
    if (act === "up") await page.keyboard.press("Enter");
    if (act === "choose") for (let step = 0; step < down; step += 1) await page.keyboard.press("ArrowDown");
    if (act === "radio") await chooseByArrows(page, name, many);
    if (act === "press") {
      await Promise.all([page.waitForEvent("domcontentloaded"), page.keyboard.press("Enter")]);
      return answered - 1;
    }
  }
  return assert.fail(`${page.url()}: the main button cannot be reached by Tab`);
}

// Down and up again, so that each group is seen to follow the arrows and the first option is taken.
async function chooseByArrows(page, name, many) {
  const chosen = () => page.evaluate(() => [document.activeElement.name, document.activeElement.checked, document.activeElement.value]);
  await page.keyboard.press("Space");
  const first = await chosen();
  assert.deepEqual(first.slice(0, 2), [name, true]);
  if (!many) return;
  await page.keyboard.press("ArrowDown");
  const second = await chosen();
  assert.deepEqual(second.slice(0, 2), [name, true]);
  assert.notEqual(second[2], first[2], `${name}: the arrow chose nothing else`);
  await page.keyboard.press("ArrowUp");
  assert.deepEqual(await chosen(), first);
}
