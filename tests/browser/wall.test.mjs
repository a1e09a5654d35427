// The idea wall, with script and without: an own idea, what others have said, votes, comments, and staff who look after it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open, serve } from "./browser.mjs";
import { expectGood } from "./good.mjs";
import { press, signIn } from "./person.mjs";

let browser;
let canvass;
before(async () => {
  [browser, canvass] = await Promise.all([launch(), serve({ survey: "surveys/format-gallery.json" })]);
});
after(async () => {
  await browser?.close();
  await canvass?.stop();
});

/** Someone who has come to the wall of the gallery. */
async function atWall(options) {
  const page = await open(browser, `${canvass.origin}/s/format-gallery`, options);
  await press(page, "Start now");
  for (let at = 0; at < 8 && !page.url().includes("/page/garden"); at += 1) await press(page, "Continue");
  assert.match(page.url(), /\/page\/garden$/);
  return page;
}

/** The rows of ideas to vote on. */
const row = (page, idea) => page.getByRole("group", { name: idea, exact: true });

for (const javaScript of [false, true]) {
  const how = javaScript ? "with script" : "without script";
  const name = (screen) => `wall-${screen}${javaScript ? "-js" : ""}`;

  test(`ideas are given, voted on and commented on ${how}`, async () => {
    const ann = await atWall({ javaScript });
    await expectGood(ann, name("own"));
    await ann.getByLabel("Your idea", { exact: true }).fill(`${"A long idea. ".repeat(20)}`);
    await press(ann, "Continue");
    await expectGood(ann, name("own-faulty"));
    assert.match(await ann.title(), /^Error: /);
    const idea = javaScript ? "Apple trees along the wall" : "A herb garden beside the chapel";
    await ann.getByLabel("Your idea", { exact: true }).fill(idea);
    await press(ann, "Continue");
    await expectGood(ann, name("others"));
    assert.match(await ann.textContent("main"), /Others can see it/);
    await row(ann, "A pond").getByLabel("Agree", { exact: true }).check();
    const comment = row(ann, "A pond").getByRole("button");
    await Promise.all([ann.waitForEvent("domcontentloaded"), comment.click()]);
    await expectGood(ann, name("comments"));
    await press(ann, "Add your comment");
    await expectGood(ann, name("comments-faulty"));
    await ann.getByLabel("Your comment").fill(`Fish need depth, ${how}`);
    await press(ann, "Add your comment");
    await expectGood(ann, name("comments-added"));
    await ann.getByRole("link", { name: "Back" }).click();
    await press(ann, "See or change your votes");
    await expectGood(ann, name("votes"));
    await row(ann, "A pond").getByLabel("Pass or not sure", { exact: true }).check();
    await press(ann, "Continue");

    const bob = await atWall({ javaScript });
    await bob.getByLabel("Your idea", { exact: true }).fill(`${idea}, mail me at bob@example.org`);
    await press(bob, "Continue");
    await expectGood(bob, name("same"));
    assert.match(await bob.textContent("main"), /could identify a person/);
    await press(bob, "Continue");
    await expectGood(bob, name("same-faulty"));
    await bob.getByLabel(`Yes: ${idea}`).check();
    await press(bob, "Continue");
    assert.doesNotMatch(await bob.textContent("main"), /Your ideas/);
  });
}

test("staff look after a wall and the author is told", async () => {
  const ann = await atWall();
  await ann.getByLabel("Your idea", { exact: true }).fill("Sell the garden");
  await press(ann, "Continue");
  const staff = await open(browser, canvass.origin);
  await signIn(staff, canvass);
  await staff.goto(`${canvass.origin}/staff/surveys/format-gallery`);
  await expectGood(staff, "staff-survey-with-wall");
  await staff.getByRole("link", { name: /^What should we do with the garden/ }).click();
  await expectGood(staff, "staff-ideas");
  const idea = staff.locator("section", { has: staff.getByRole("heading", { name: "Sell the garden" }) });
  await Promise.all([staff.waitForEvent("domcontentloaded"), idea.getByRole("button", { name: /^Hide/ }).click()]);
  await expectGood(staff, "staff-ideas-faulty");
  await idea.getByLabel(/Reason/).fill("It is not ours to sell");
  await Promise.all([staff.waitForEvent("domcontentloaded"), idea.getByRole("button", { name: /^Hide/ }).click()]);
  await staff.getByRole("link", { name: /^Hidden/ }).click();
  await expectGood(staff, "staff-ideas-hidden");
  assert.match(await staff.textContent("main"), /Hidden: It is not ours to sell/);
  await ann.reload();
  await expectGood(ann, "wall-told");
  assert.match(await ann.textContent("main"), /for this reason: It is not ours to sell/);
});
