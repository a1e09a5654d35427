// What is read of free text: the themes of a file, and the mentions of interventions in a report.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { WIDE, launch, open, serve } from "./browser.mjs";
import { expectGood } from "./good.mjs";

let browser;
let canvass;
before(async () => {
  [browser, canvass] = await Promise.all([
    launch(),
    serve({ before: [["simulate", "digital-ready-workforce", "--n", "300"]] }),
  ]);
});
after(async () => {
  await browser?.close();
  await canvass?.stop();
});

/** A page that was written to a file. */
async function written(file) {
  return open(browser, pathToFileURL(file).href);
}

test("the_themes_of_a_file", async () => {
  const points = [
    ["The waiting time for an appointment was far too long", "Waiting for hours past the appointment time"],
    ["Friendly nurses and kind doctors listened to me", "Kind friendly nurses and helpful doctors"],
    ["Parking charges at the hospital are expensive", "Expensive hospital parking and high parking charges"],
  ];
  const places = ["Leeds", "York", "Hull", "Ripon", "Selby", "Otley", "Ilkley", "Goole", "Malton", "Thirsk"];
  const one = points.flat().flatMap((point) => places.map((place) => `${point} in ${place}`));
  const both = places.map((place) => `Kind nurses and friendly doctors in ${place}. Hospital parking charges are too expensive.`);
  const long = `Parking${"parking".repeat(30)} costs too much at the hospital <b>bold</b> & more`;
  const csv = join(canvass.folder, "comments.csv");
  await writeFile(csv, ["comment", ...one, ...both, ...both, long, "n/a"].map((text) => `"${text}"`).join("\n"));
  const out = join(canvass.folder, "themes");
  await canvass.command("themes", csv, "--text-column", "comment", "--k", "3", "--embeddings", "none", "--out", out);
  const page = await written(join(out, "themes.html"));
  await expectGood(page, "themes");
  const heads = await page.locator("#overview thead th").allTextContents();
  assert.deepEqual(heads.slice(0, 5), ["Theme", "Answers", "Share", "People with a point", "Points"]);
  const themes = JSON.parse(await readFile(join(out, "themes.json"), "utf8"));
  assert.equal(themes.model, null);
  const people = themes.themes.reduce((sum, theme) => sum + theme.people, 0);
  const count = themes.themes.reduce((sum, theme) => sum + theme.count, 0);
  assert.ok(people >= count + 10, `${people} people over all themes, ${count} answers in one as a whole`);
  assert.equal(count + themes.other + themes.none, themes.n);
});

test("mentions_of_interventions_in_a_report", async () => {
  const out = join(canvass.folder, "report");
  await canvass.command("report", "digital-ready-workforce", "--out", out);
  const page = await written(join(out, "report.html"));
  await page.evaluate(() => document.querySelectorAll(".canvass-mentions details").forEach((details) => (details.open = true)));
  const first = page.locator(".canvass-mentions").first();
  assert.match(await first.textContent(), /without being asked; found by words alone; not votes/);
  await expectGood(page, "report-mentions");
  // Every column and row of the tables has a heading, and every figure says what it counts.
  const report = JSON.parse(await readFile(join(out, "report.json"), "utf8"));
  const question = report.themes.find((question) => question.interventions.length > 0);
  const rows = first.locator("table").first().locator("tbody tr");
  assert.equal(await rows.count(), question.interventions.length);
  for (const one of question.interventions) {
    const row = rows.filter({ has: page.locator("th", { hasText: one.label }) });
    assert.equal(await row.count(), 1, one.label);
    const cells = await row.locator("td").allTextContents();
    const wanted = [one.all.people_for, one.all.people_against, one.all.people_unclear];
    assert.deepEqual(cells.slice(1, 4), wanted.map((count) => count?.toLocaleString("en-GB") ?? "withheld"));
    assert.ok(one.all.suppressed ? cells[4] === "" : cells[4].includes("“"), cells[4]);
  }
  const byTheme = first.locator("details table").first();
  assert.equal(await byTheme.locator("tbody th[scope=row]").count(), question.themes.length + 1);
  const table = await readFile(join(out, "mentions.csv"), "utf8");
  assert.ok(table.includes(`${question.question},`) && table.includes(",other,"));
  await page.setViewportSize(WIDE);
  const pdf = await page.pdf({ format: "A4" });
  assert.ok(pdf.length > 20_000);
});
