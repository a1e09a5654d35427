// The overview of the sections of a long survey, at both widths and with script.

import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { launch, open, serve } from "./browser.mjs";
import { expectGood } from "./good.mjs";
import { press } from "./person.mjs";

const OPTIONS = [
  { id: "yes", label: "Yes" },
  { id: "no", label: "No" },
];
const page = (id, section, more = {}) => ({
  id,
  section,
  questions: [{ id: `q_${id}`, type: "single", text: `Question ${id}?`, required: true, options: OPTIONS }],
  ...more,
});
const SURVEY = {
  format: 1,
  id: "tasks",
  title: "The town and you",
  overview: true,
  translations: { cy: { title: { text: "Y dref a chi" } } },
  pages: [
    page("a", "About you"),
    page("b", "About you"),
    page("c", "What the town needs"),
    page("d", "More about the market square and all of its shops", { show_if: "q_b == 'yes'" }),
    page("e", "More about the market square and all of its shops"),
  ],
};

test("sections_are_answered_from_an_overview", async () => {
  const survey = join(await mkdtemp(join(tmpdir(), "canvass-sections-")), "tasks.json");
  await writeFile(survey, JSON.stringify(SURVEY));
  const [browser, canvass] = await Promise.all([launch(), serve({ survey })]);
  try {
    const person = await open(browser, `${canvass.origin}/s/tasks`);
    await press(person, "Start now");
    assert.equal(await person.textContent("h1"), "Sections of this survey");
    await expectGood(person, "overview");
    assert.equal(await person.getByRole("link", { name: "More about" }).count(), 0);
    await person.getByRole("link", { name: "About you" }).click();
    await person.getByLabel("Yes").check();
    await expectGood(person, "overview-page");
    // What was chosen and not continued with is there on coming back.
    await person.getByRole("link", { name: "See all sections" }).click();
    await person.waitForURL(/overview$/);
    await expectGood(person, "overview-begun");
    await person.getByRole("link", { name: "About you" }).click();
    assert.ok(await person.getByLabel("Yes").isChecked());
    for (let number = 0; number < 2; number += 1) {
      await person.getByLabel("Yes").check();
      await press(person, "Continue");
    }
    for (const name of ["What the town needs", "More about"]) {
      await person.getByRole("link", { name }).click();
      while (!person.url().endsWith("/overview")) {
        await person.getByLabel("No").check();
        await press(person, "Continue");
      }
    }
    await expectGood(person, "overview-done");
    await person.getByRole("button", { name: "Check your answers" }).click();
    await expectGood(person, "overview-check");
    await press(person, "Send your answers");
    assert.equal(await person.textContent("h1"), "Answers sent");
  } finally {
    await browser.close();
    await canvass.stop();
  }
});
