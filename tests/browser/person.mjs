// What people do on the pages of a consultation, in the order in which the pages come.

import assert from "node:assert/strict";

/** Presses a button, the first of that name, and waits for the page after it. */
export async function press(page, name) {
  const button = page.getByRole("button", { name, exact: true }).first();
  await Promise.all([page.waitForEvent("domcontentloaded"), button.click()]);
}

/** Answers the founding consultation from its start page to "Check your answers"; `story` goes into each free text. */
export async function answerFounding(page, story, look = async () => {}) {
  const go = async () => {
    await look(page);
    await press(page, "Continue");
  };
  await look(page);
  await press(page, "Start now");
  await page.getByLabel("I have read how my answers").check();
  await go();
  await page.getByLabel("It is one part of my job").check();
  await go();
  await page.getByRole("group", { name: "Which comes closest to your role?" }).getByLabel("Data analyst").check();
  await page.getByRole("group", { name: "Where do you mainly work?" }).getByLabel("Acute or specialist trust").check();
  await page.getByLabel("Which region do you work in?").selectOption("Midlands");
  await go();
  await page.getByLabel("Band 7").check();
  await go();
  // Fourteen statements on three screens.
  for (let part = 1, row = 0; part <= 3; part += 1) {
    const rows = page.locator("fieldset fieldset");
    for (let at = 0; at < (await rows.count()); at += 1, row += 1) {
      await rows.nth(at).getByLabel(row % 3 === 0 ? "Disagree" : "Strongly agree", { exact: true }).check();
    }
    await go();
  }
  const places = page.locator("select");
  for (const at of [0, 1, 2]) await places.nth(at).selectOption(String(at + 1));
  await go();
  const points = page.locator("main input[type=text]");
  await points.nth(0).fill("60");
  await points.nth(5).fill("40");
  await go();
  for (let at = 0; at < 4; at += 1) {
    await page.locator("textarea").fill(`${story} ${at}`);
    await go();
  }
  await page.getByLabel("Yes, I have a proposal").check();
  await go();
  await page.locator("textarea").fill(`${story} proposal`);
  await page.getByLabel("A particular group", { exact: true }).check();
  await page.getByLabel("please say what").fill("Analysts");
  await go();
  await page.getByLabel("Your email address").fill("someone@example.org");
  await go();
  assert.equal(await page.textContent("h1"), "Check your answers");
}

/** Signs in by the link that the program printed. */
export async function signIn(page, canvass) {
  await page.goto(canvass.addresses.find((address) => address.includes("/staff/sign-in/")));
  await press(page, "Sign in");
}

/** Answers whatever the page asks, the quick way; `story` goes into what has no form of its own. */
export async function answerAnything(page, story = "Something") {
  await page.evaluate((story) => {
    const inputs = [...document.querySelectorAll("main form input, main form select, main form textarea")];
    const names = new Set();
    let places = 0;
    let shared = false;
    for (const e of inputs) {
      if (e.type === "hidden" || e.type === "search") continue;
      if (e.matches("[data-other]")) {
        // What is written beside an option chooses it.
        if (e.value) e.dispatchEvent(new Event("input", { bubbles: true }));
        continue;
      }
      const isFirst = !names.has(e.name);
      names.add(e.name);
      if (e.type === "radio" || e.type === "checkbox") {
        if (isFirst && !e.checked) e.click();
        continue;
      }
      if (e.localName === "select") {
        const isRank = e.closest("[data-rank]");
        if (isRank) places += 1;
        e.value = e.options[isRank ? places : 1]?.value ?? "";
      } else if (e.name.endsWith(".day")) e.value = "1";
      else if (e.name.endsWith(".month")) e.value = "2";
      else if (e.name.endsWith(".year")) e.value = "2020";
      else if (e.type === "email" || e.autocomplete === "email") e.value = "someone@example.org";
      else if (e.name === "staff_number") e.value = "AB1234";
      else if (e.inputMode === "numeric" || e.inputMode === "decimal") {
        // Points are shared: all of them go to the first row.
        const output = e.closest("fieldset")?.querySelector("output[data-total]");
        if (!output) e.value = "7";
        else e.value = shared ? "" : output.dataset.total;
        shared ||= Boolean(output);
      } else if (!e.readOnly) e.value = story;
      for (const kind of ["input", "change"]) e.dispatchEvent(new Event(kind, { bubbles: true }));
    }
  }, story);
}
