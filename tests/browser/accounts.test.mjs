// Staff make an account, its owner sets it up with an authenticator app, signs in and out, gets a role and reads the record:
// without script, as with it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { code, signInWith } from "./authenticator.mjs";
import { launch, open, serve } from "./browser.mjs";
import { expectGood } from "./good.mjs";
import { press } from "./person.mjs";

const PASSWORD = "four quiet wooden boats";

let browser;
let canvass;
before(async () => {
  [browser, canvass] = await Promise.all([launch(), serve()]);
});
after(async () => {
  await browser?.close();
  await canvass?.stop();
});

for (const javaScript of [false, true]) {
  const how = javaScript ? "with script" : "without script";
  const name = (page) => `accounts-${page}${javaScript ? "-script" : ""}`;
  test(`an account is made, set up, signed in to and given a role ${how}`, async () => {
    const email = `ana-${javaScript}@example.org`;
    const operator = await open(browser, canvass.origin, { javaScript });
    await operator.goto((await canvass.command("sign-in", "--public-url", canvass.origin)).match(/http\S+/)[0]);
    await press(operator, "Sign in");
    await operator.getByRole("link", { name: "Accounts" }).click();
    await operator.getByLabel("Name").fill("Ana Lee");
    await operator.getByLabel("E-mail address").fill("no address");
    await press(operator, "Add");
    await expectGood(operator, name("faults"));
    assert.match(await operator.title(), /Accounts/);
    await operator.getByLabel("E-mail address").fill(email);
    await press(operator, "Add");
    await expectGood(operator, name("made"));
    const link = (await operator.textContent("main")).match(/http\S+set-up\/\w+/)[0];

    const ana = await open(browser, link, { javaScript });
    await expectGood(ana, name("set-up"));
    const secret = (await ana.textContent("main")).match(/[A-Z2-7]{4}(?: [A-Z2-7]{4}){7}/)[0];
    const picture = await ana.getByRole("img", { name: "The secret below" }).boundingBox();
    assert.ok(picture.width >= 200, "large enough for a camera");
    await ana.getByLabel("New password").fill("too short");
    await ana.getByLabel("Code").fill("12345");
    await press(ana, "Set up and sign in");
    await expectGood(ana, name("set-up-faults"));
    await ana.getByLabel("New password").fill(PASSWORD);
    await ana.getByLabel("Code").fill(code(secret));
    await press(ana, "Set up and sign in");
    await expectGood(ana, name("codes"));
    const paper = await ana.locator("code").first().textContent();
    await ana.getByRole("link", { name: "I have kept them" }).click();
    await expectGood(ana, name("no-role"));
    await press(ana, "Sign out");

    await ana.goto(`${canvass.origin}/staff/surveys/digital-ready-workforce/live`);
    assert.equal(await ana.textContent("h1"), "Sign in first");
    await ana.getByRole("link", { name: "Sign in" }).click();
    await expectGood(ana, name("sign-in"));
    await signInWith(ana, email, "not the password", code(secret, 1));
    await expectGood(ana, name("sign-in-faults"));
    assert.equal(await ana.getByLabel("E-mail address").inputValue(), email, "the address is kept");
    assert.equal(await ana.getByLabel("Password", { exact: true }).inputValue(), "", "the password is not");
    await signInWith(ana, email, PASSWORD, code(secret, 1));
    assert.equal(await ana.textContent("h1"), "Page not found", "without a role it is not there");

    await operator.goto(`${canvass.origin}/staff/surveys/digital-ready-workforce`);
    await operator.getByRole("link", { name: "Who looks after it" }).click();
    await operator.getByLabel("E-mail address").fill(email);
    await operator.getByLabel("Role", { exact: true }).selectOption("Analyst");
    await press(operator, "Give this role");
    await expectGood(operator, name("people"));
    await ana.reload();
    assert.match(await ana.textContent("h1"), /^How it goes/);
    await ana.goto(`${canvass.origin}/staff/surveys/digital-ready-workforce/people`);
    await expectGood(ana, name("refused"));

    await ana.getByRole("link", { name: "Go to your consultations" }).click();
    await ana.getByRole("link", { name: "Ana Lee" }).click();
    await expectGood(ana, name("own"));
    await ana.getByLabel("Your password now").first().fill("not the password");
    await ana.getByLabel("New password").fill("five quiet wooden boats");
    await press(ana, "Change password");
    await expectGood(ana, name("own-faults"));
    await press(ana, "Sign out");
    await ana.goto(`${canvass.origin}/staff/sign-in`);
    await signInWith(ana, email, PASSWORD, paper);
    assert.equal(await ana.textContent("h1"), "Consultations");

    await operator.goto(`${canvass.origin}/staff/audit`);
    await expectGood(operator, name("audit"));
    assert.match(await operator.textContent("main"), /Signed in with a code on paper/);
  });
}
