// A contact manager puts people on the list, says what the emails say, sends them and reads how it goes; somebody who is
// invited opens their link, and another one stops the emails: without script, as with it.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { launch, open, serve } from "./browser.mjs";
import { expectGood } from "./good.mjs";
import { linkIn, mailbox } from "./mailbox.mjs";
import { press } from "./person.mjs";

const ids = ["park", "park-script"];
let browser;
let folder;
let canvass;
let post;
before(async () => {
  post = await mailbox();
  folder = await mkdtemp(join(tmpdir(), "canvass-invitations-"));
  const files = ids.map((id) => join(folder, `${id}.json`));
  for (const [at, file] of files.entries()) {
    const definition = {
      format: 1, id: ids[at], title: "What the park is to be", access: { mode: "invitation" }, privacy: { min_cell: 5 },
      translations: { cy: { title: { text: "Beth ddylai'r parc fod" } } },
      pages: [{ id: "a", questions: [{ id: "q", type: "text", text: "What do you think?", required: false }] }],
    };
    await writeFile(file, JSON.stringify(definition));
  }
  [browser, canvass] = await Promise.all([launch(), serve({ survey: files[0], env: post.env, before: [["publish", files[1]]] })]);
});
after(async () => {
  await browser?.close();
  await canvass?.stop();
  post?.close();
  await rm(folder, { recursive: true, force: true });
});

for (const javaScript of [false, true]) {
  const id = javaScript ? ids[1] : ids[0];
  const name = (page) => `invitations-${page}${javaScript ? "-script" : ""}`;
  test(`people are invited by email ${javaScript ? "with script" : "without script"}`, async () => {
    const mails = post.mails;
    mails.length = 0;
    const staff = await open(browser, canvass.origin, { javaScript });
    await staff.goto((await canvass.command("sign-in", "--public-url", canvass.origin)).match(/http\S+/)[0]);
    await press(staff, "Sign in");
    await staff.goto(`${canvass.origin}/staff/surveys/${id}`);
    await staff.getByRole("link", { name: "Invite people by email" }).click();
    await expectGood(staff, name("empty"));
    await press(staff, "Look at the list");
    await expectGood(staff, name("nothing"));

    const people = Array.from({ length: 6 }, (_, n) => `person${n}@example.org,Person ${n},${n % 2 ? "cy" : ""}`);
    const table = ["Address,Name,Language", ...people, "nobody@example.org,Nobody,", "no address,<b>Sam</b>,", "PERSON1@example.org,,", "bo@example.org,Bo,de"].join("\n");
    await staff.getByLabel("A table of people").setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(table) });
    await press(staff, "Look at the list");
    assert.equal(await staff.textContent("h1"), "Look at the list");
    await expectGood(staff, name("preview"));
    await press(staff, "Put 7 people on the list");
    await expectGood(staff, name("listed"));

    await staff.getByRole("link", { name: "The invitation (Cymraeg)" }).click();
    await staff.getByLabel("Text").fill("Helo {name}");
    await press(staff, "Save");
    await expectGood(staff, name("letter-faults"));
    await staff.getByLabel("Text").fill("Helo {name}\n\nDyma'ch dolen:\n{link}\n\nDim rhagor: {unsubscribe}");
    await press(staff, "Show it as a person gets it");
    await expectGood(staff, name("letter-example"));
    assert.match(await staff.textContent("main"), /Helo Sam Example\s+Dyma'ch dolen:/);
    await press(staff, "Save");
    await expectGood(staff, name("letter-saved"));
    await staff.getByRole("link", { name: "Back" }).click();

    await press(staff, "Send invitations to 7 people");
    for (let tries = 0; mails.length < 6 && tries < 100; tries++) await pause(100);
    await staff.getByRole("link", { name: "Look again" }).click();
    await expectGood(staff, name("sent"));
    const said = await staff.textContent("main");
    assert.match(said, /7 of 7 emails have had their turn/);
    assert.match(said, /No such address: 1/);
    assert.equal(new Set(mails.map((mail) => mail.to)).size, 6);
    assert.equal(mails.length, 6);

    const english = mails.filter((mail) => mail.text.includes("Hello Person"));
    assert.equal(english.length, 3);
    const person = await open(browser, linkIn(english[0], "i"), { javaScript });
    await expectGood(person, name("link"));
    await press(person, "Start now");
    const other = await open(browser, linkIn(english[1], "unsubscribe"), { javaScript });
    await expectGood(other, name("stop"));
    await press(other, "Stop these emails");
    await expectGood(other, name("stopped"));
    await staff.getByRole("link", { name: "Look again" }).click();
    assert.equal(await staff.locator('dt:text-is("Of these, get no more emails") + dd').textContent(), "2");
  });
}
