// One consultation from a spreadsheet to its report, by one person of staff in the browser alone: signed in with an
// authenticator, fifty people invited, twenty answers, thirty reminders; without script, as with it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { code, signInWith } from "./authenticator.mjs";
import { launch, open, serve } from "./browser.mjs";
import { expectGood } from "./good.mjs";
import { linkIn, mailbox } from "./mailbox.mjs";
import { press } from "./person.mjs";
import { workbook } from "./workbook.mjs";

const PASSWORD = "four quiet wooden boats";
const FORM = workbook({
  survey: [
    ["type", "name", "label", "relevant"],
    ["select_one roles", "role", "What do you do at the hospital?", ""],
    ["text", "why", "What keeps you from better data?", "pulldata('wards', 'open', 'id', ${role}) = 'yes'"],
    ["text", "more", "Anything else?", "${no_such_question} > 1"],
  ],
  choices: [
    ["list_name", "name", "label"],
    ["roles", "nurse", "I nurse"],
    ["roles", "clerk", "I keep records"],
  ],
  settings: [
    ["form_title", "form_id", "default_language"],
    ["Better data on the wards", "wards", "English (en)"],
  ],
});
const WALL = { id: "wall", title: "Ideas", questions: [{ id: "wall", type: "ideas", text: "What should we do first?", required: false, moderation: "after" }] };
const BARRIERS = ["There is no time on the ward to enter data", "The login takes ten minutes every morning", "Nobody taught us the new record system"];
const IDEAS = ["Teach every ward for one day", "Give each ward a day of teaching", "Buy faster computers"];

let browser;
let canvass;
let post;
before(async () => {
  post = await mailbox();
  [browser, canvass] = await Promise.all([launch(), serve({ env: post.env })]);
});
after(async () => {
  await browser?.close();
  await canvass?.stop();
  post?.close();
});

/** Waits until as many mails have come, and a moment for one more. */
async function expectMails(number) {
  for (let tries = 0; post.mails.length < number && tries < 300; tries += 1) await pause(100);
  await pause(500);
  assert.equal(post.mails.length, number);
}

/** Somebody who was invited answers by their link; the first ones have ideas. */
async function answer(mail, at) {
  const page = await open(browser, linkIn(mail, "i"), { javaScript: false });
  await press(page, "Start now");
  await page.getByLabel(at % 2 ? "I nurse" : "I keep records").check();
  await press(page, "Continue");
  await page.getByLabel("What keeps you from better data?").fill(`${BARRIERS[at % 3]}, says number ${at}`);
  await press(page, "Continue");
  await press(page, "Continue");
  if (IDEAS[at]) {
    await page.getByLabel("Your idea", { exact: true }).fill(IDEAS[at]);
    await press(page, "Continue");
  }
  while (/\/page\//.test(page.url())) await press(page, "Continue");
  await press(page, "Send your answers");
  assert.match(await page.textContent("h1"), /Answers sent|Thank you/);
  await page.context().close();
}

for (const javaScript of [false, true]) {
  const name = (page) => `console-${page}${javaScript ? "-script" : ""}`;
  test(`a consultation is run from a spreadsheet to its report ${javaScript ? "with script" : "without script"}`, async () => {
    post.mails.length = 0;
    const id = `wards-${javaScript}`;
    const email = `ana-${javaScript}@example.org`;
    const ana = await open(browser, (await canvass.command("sign-in", "--public-url", canvass.origin)).match(/http\S+/)[0], { javaScript });
    const follow = (text) => Promise.all([ana.waitForEvent("domcontentloaded"), ana.locator("a", { hasText: text }).first().click()]);
    const here = () => ana.textContent("main");

    // An account, and signing in to it with the app.
    await press(ana, "Sign in");
    await follow("Accounts");
    await ana.getByLabel("Name").fill("Ana Lee");
    await ana.getByLabel("E-mail address").fill(email);
    await press(ana, "Add");
    const setUp = (await here()).match(/http\S+set-up\/\w+/)[0];
    await press(ana, "Sign out");
    await ana.goto(setUp);
    const secret = (await here()).match(/[A-Z2-7]{4}(?: [A-Z2-7]{4}){7}/)[0];
    await ana.getByLabel("New password").fill(PASSWORD);
    await ana.getByLabel("Code").fill(code(secret));
    await press(ana, "Set up and sign in");
    await follow("I have kept them");
    await press(ana, "Sign out");
    await ana.goto(`${canvass.origin}/staff/sign-in`);
    await signInWith(ana, email, PASSWORD, code(secret, 1));
    assert.equal(await ana.textContent("h1"), "Consultations");

    // From a spreadsheet, with two findings to mend.
    await follow("Working definitions");
    await follow("Create a consultation");
    await ana.getByLabel(/^A file/).check();
    await ana.getByLabel("The file").setInputFiles({ name: "wards.xlsx", mimeType: "application/octet-stream", buffer: FORM });
    await ana.getByLabel("Id").fill(id);
    await press(ana, "Create");
    await follow("Go on to the definition");
    const lost = ana.locator("main li", { hasText: "W212" });
    assert.equal(await lost.count(), 2);
    for (let left = 2; left > 0; left -= 1) {
      await Promise.all([ana.waitForEvent("domcontentloaded"), lost.first().getByRole("link", { name: /^Change it/ }).click()]);
      await ana.getByLabel("Lost rule").fill("");
      await press(ana, "Save");
      assert.equal(await lost.count(), left - 1);
    }
    await follow("The whole as text");
    const definition = JSON.parse(await ana.locator("#text").inputValue());
    for (const question of definition.pages.flatMap((page) => page.questions)) if (question.id === "why") question.themes = true;
    Object.assign(definition, { access: { mode: "invitation" }, pages: [...definition.pages, WALL] });
    await ana.locator("#text").fill(JSON.stringify(definition, null, 2));
    await press(ana, "Save");
    await expectGood(ana, name("definition"));

    await ana.goto(`${canvass.origin}/staff/surveys/${id}/design`);
    await ana.getByLabel("Another language").fill("cy");
    await press(ana, "Translate");
    await ana.locator("textarea").first().fill("Gwell data ar y wardiau");
    await press(ana, "Save");
    await ana.goto(`${canvass.origin}/staff/surveys/${id}/design/preview`);
    await expectGood(ana, name("preview"));
    await ana.goto(`${canvass.origin}/staff/surveys/${id}/design`);
    await follow("Publish");
    await press(ana, "Publish");
    assert.match(await here(), /Version 1 is published/);

    // Fifty people, of whom twenty answer; the others are reminded.
    await ana.goto(`${canvass.origin}/staff/surveys/${id}`);
    await follow("Invite people by email");
    const table = ["address,name", ...Array.from({ length: 50 }, (_, n) => `person${n}@example.org,Person ${n}`)].join("\n");
    await ana.getByLabel("A table of people").setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(table) });
    await press(ana, "Look at the list");
    await press(ana, "Put 50 people on the list");
    await press(ana, "Send invitations to 50 people");
    await expectMails(50);
    assert.equal(new Set(post.mails.map((mail) => mail.to)).size, 50);
    const invited = post.mails.slice();
    for (const [at, mail] of invited.slice(0, 20).entries()) await answer(mail, at);
    await ana.goto(`${canvass.origin}/staff/surveys/${id}/invitations`);
    await expectGood(ana, name("invitations"));
    await press(ana, "Send reminders");
    await expectMails(80);
    const reminded = post.mails.slice(50).map((mail) => mail.to);
    assert.deepEqual(reminded.sort(), invited.slice(20).map((mail) => mail.to).sort(), "those who have not answered, and only they");
    await ana.goto(`${canvass.origin}/staff/surveys/${id}/invitations`);
    await expectGood(ana, name("reminded"));

    // Two ideas are one.
    await ana.goto(`${canvass.origin}/staff/surveys/${id}`);
    await Promise.all([ana.waitForEvent("domcontentloaded"), ana.locator('a[href$="/ideas/wall"]').click()]);
    await expectGood(ana, name("ideas"));
    const idea = ana.locator("section.canvass-idea", { has: ana.locator(`h2:text-is("${IDEAS[1]}")`) });
    await idea.getByLabel("Put it together with").selectOption({ label: IDEAS[0] });
    await Promise.all([ana.waitForEvent("domcontentloaded"), idea.getByRole("button", { name: /^Put together/ }).click()]);
    const other = ana.locator("section.canvass-idea", { has: ana.locator(`h2:text-is("${IDEAS[2]}")`) });
    await other.getByLabel("Reason, which its author is told").fill("This is bought already.");
    await Promise.all([ana.waitForEvent("domcontentloaded"), other.getByRole("button", { name: /^Hide/ }).click()]);
    await expectGood(ana, name("merged"));

    // Themes of what people wrote.
    await ana.goto(`${canvass.origin}/staff/surveys/${id}`);
    await follow("Sort into themes: What keeps");
    await press(ana, "Suggest themes");
    await ana.locator("main h3 a").first().click();
    await ana.getByLabel("Name", { exact: true }).fill("What stands in the way");
    await press(ana, "Rename");
    assert.match(await ana.textContent("h1"), /What stands in the way/);
    await expectGood(ana, name("theme"));

    // The report, to read and to take away.
    await ana.goto(`${canvass.origin}/staff/surveys/${id}`);
    await follow("Read the report");
    await expectGood(ana, name("report"));
    assert.match(await ana.textContent("body"), /What stands in the way/);
    await ana.goto(`${canvass.origin}/staff/surveys/${id}`);
    for (const file of ["report.html", "report.docx", "responses.csv"]) {
      const [download] = await Promise.all([ana.waitForEvent("download"), ana.getByRole("link", { name: file, exact: true }).click()]);
      assert.equal(await download.failure(), null, file);
    }
    await ana.goto(`${canvass.origin}/staff/surveys/${id}/audit`);
    for (const done of ["Looked after invitations", "Looked after an idea", "Sorted answers into themes", "Took a file away", "Published"]) {
      assert.match(await here(), new RegExp(done));
    }
    await expectGood(ana, name("audit"));
  });
}
