// Staff look on while people answer: the figures follow within five seconds, and stand still when they are told to.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { launch, open, serve } from "./browser.mjs";
import { expectGood } from "./good.mjs";
import { press } from "./person.mjs";

let browser;
let canvass;
before(async () => {
  const simulate = ["simulate", "digital-ready-workforce", "--n", "60"];
  [browser, canvass] = await Promise.all([launch(), serve({ before: [simulate] })]);
});
after(async () => {
  await browser?.close();
  await canvass?.stop();
});

const figure = (page, name) => page.locator(`dt:text-is("${name}") + dd`);

async function begin() {
  const person = await open(browser, `${canvass.origin}/s/digital-ready-workforce`);
  await press(person, "Start now");
  await person.context().close();
}

test("the figures follow by themselves until they are paused", async () => {
  const staff = await open(browser, canvass.origin);
  await staff.goto((await canvass.command("sign-in", "--public-url", canvass.origin)).match(/http\S+/)[0]);
  await press(staff, "Sign in");
  await staff.goto(`${canvass.origin}/staff/surveys/digital-ready-workforce`);
  await staff.getByRole("link", { name: "See how it goes" }).click();
  await expectGood(staff, "staff-live");
  assert.equal(await figure(staff, "Answers sent").textContent(), "60");
  assert.equal(await figure(staff, "Begun and not sent").textContent(), "0");
  await begin();
  const begun = Date.now();
  await staff.locator('dt:text-is("Begun and not sent") + dd:text-is("1")').waitFor({ timeout: 10_000 });
  assert.ok(Date.now() - begun < 5000, `${Date.now() - begun} ms`);

  await staff.locator("#progress-table").focus();
  await begin();
  await staff.locator('dt:text-is("Begun and not sent") + dd:text-is("2")').waitFor({ timeout: 10_000 });
  assert.equal(await staff.evaluate(() => document.activeElement.id), "progress-table", "who reads stays where they are");

  await staff.getByRole("button", { name: "Pause the updates" }).click();
  await begin();
  await pause(5000);
  assert.equal(await figure(staff, "Begun and not sent").textContent(), "2");
  await staff.getByRole("button", { name: "Go on with the updates" }).click();
  await staff.locator('dt:text-is("Begun and not sent") + dd:text-is("3")').waitFor({ timeout: 10_000 });
});

test("without script a link counts anew", async () => {
  const staff = await open(browser, canvass.origin, { javaScript: false });
  await staff.goto((await canvass.command("sign-in", "--public-url", canvass.origin)).match(/http\S+/)[0]);
  await press(staff, "Sign in");
  await staff.goto(`${canvass.origin}/staff/surveys/digital-ready-workforce/live`);
  await expectGood(staff, "staff-live-plain");
  assert.equal(await staff.getByRole("button", { name: "Pause" }).count(), 0);
  const before = Number(await figure(staff, "Begun and not sent").textContent());
  await begin();
  await pause(1500);
  await staff.getByRole("link", { name: "Count anew" }).click();
  await staff.locator(`dt:text-is("Begun and not sent") + dd:text-is("${before + 1}")`).waitFor({ timeout: 5000 });
});
