// A panel in rounds: someone answers, comes back to the next round, sees their own answer and everyone's, and says why.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { launch, open, serve } from "./browser.mjs";
import { expectGood } from "./good.mjs";
import { press } from "./person.mjs";

let browser;
let canvass;
before(async () => {
  const serving = serve({ survey: "surveys/delphi-panel.json", before: [["simulate", "delphi-panel", "--n", "40"]] });
  [browser, canvass] = await Promise.all([launch(), serving]);
});
after(async () => {
  await browser?.close();
  await canvass?.stop();
});

const TOPICS = ["Where data come from", "Clinical safety", "Confidentiality", "Leading change", "Writing a small program"];

/** The row of a topic. */
const row = (page, topic) => page.getByRole("group", { name: new RegExp(`^${topic}`) });

test("a person comes back to the next round and sees what all answered", async () => {
  const ann = await open(browser, `${canvass.origin}/s/delphi-panel`, { javaScript: false });
  await press(ann, "Start now");
  await ann.getByLabel("I look after patients").check();
  await press(ann, "Continue");
  for (const topic of TOPICS) await row(ann, topic).getByLabel("1, leave it out", { exact: true }).check();
  await press(ann, "Continue");
  await press(ann, "Continue");
  await press(ann, "Send your answers");
  const reference = (await ann.locator(".nhsuk-panel strong").textContent()).trim();

  const next = join(canvass.folder, "round-2.json");
  assert.match(await canvass.command("round", "delphi-panel", "--out", next), /after round 1 of 3/);
  assert.match(await canvass.command("check", next), /no mistakes/);
  await canvass.command("publish", next, "--new-wave");

  const home = await open(browser, `${canvass.origin}/s/delphi-panel`);
  // The server looks once a second for a new version.
  for (let tries = 0; tries < 50 && !/took part before/.test(await home.textContent("main")); tries += 1) await home.reload();
  await expectGood(home, "rounds-start");
  await home.getByLabel("Your code").fill(reference);
  await press(home, "Continue");
  assert.match(await home.textContent("main"), /Round 2 of 3/);
  await expectGood(home, "rounds-receipt");
  await press(home, "Take part in round 2");
  assert.ok(await home.getByLabel("I look after patients").isChecked());
  await press(home, "Continue");
  await expectGood(home, "rounds-topics");
  const first = row(home, TOPICS[0]);
  assert.ok(await first.getByLabel("1, leave it out", { exact: true }).isChecked());
  const told = await first.locator(".nhsuk-hint").textContent();
  assert.match(told, /You answered “1, leave it out”\.\s*\d+ people answered\. The middle half of all answers is/);
  await press(home, "Continue");
  await expectGood(home, "rounds-reasons");
  await home.getByLabel(/^Where data come from.*why do you see it so/).fill("It is taught elsewhere.");
  await press(home, "Continue");
  await press(home, "Continue");
  await press(home, "Send your answers");
  assert.ok((await home.textContent("main")).includes(reference));
});

test("the report tells the rounds", async () => {
  const invented = await serve({ survey: "surveys/delphi-panel.json", before: [["simulate", "delphi-panel", "--n", "60"]] });
  try {
    const [next, folder] = [join(invented.folder, "round-2.json"), join(invented.folder, "report")];
    await invented.command("round", "delphi-panel", "--out", next);
    await invented.command("publish", next, "--new-wave");
    await invented.command("simulate", "delphi-panel", "--n", "60");
    await invented.command("report", "delphi-panel", "--out", folder);
    const { rounds } = JSON.parse(await readFile(join(folder, "report.json"), "utf8"));
    const [first, second] = rounds.people.map(({ n }) => n);
    assert.equal(first, 60);
    assert.ok(second > 40 && second < 60 && rounds.not_returned === 60 - second, `${second} came back`);
    const page = await open(browser, pathToFileURL(join(folder, "report.html")).href);
    await expectGood(page, "rounds-report");
  } finally {
    await invented.stop();
  }
});
