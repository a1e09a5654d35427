// Every kind of page, at both widths: accessible, no wider than the screen, and asking nobody else for anything.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { NARROW, WIDE, launch, open, overflow, serve } from "./browser.mjs";
import { PICTURES, expectGood } from "./good.mjs";
import { answerFounding, press, signIn } from "./person.mjs";

const ROOT = resolve(fileURLToPath(import.meta.url), "../../..");

let browser;
let canvass;
before(async () => {
  [browser, canvass] = await Promise.all([launch(), serve({ survey: "surveys/item-gallery.json" })]);
});
after(async () => {
  await browser?.close();
  await canvass?.stop();
});

async function fresh(address, options) {
  const page = await open(browser, address, options);
  page.complaints = [];
  page.on("console", (message) => {
    // What was asked for and refused (404, 422) is told as an error too; that is the point of those pages.
    if (message.type() === "error" && !message.text().includes("the server responded with a status")) page.complaints.push(message.text());
  });
  page.on("pageerror", (error) => page.complaints.push(error.message));
  // Once more, now that someone listens.
  await page.reload();
  return page;
}

test("start_information_and_problem_pages", async () => {
  for (const [name, path] of [
    ["home", "/"],
    ["start", "/s/item-gallery"],
    ["privacy", "/s/item-gallery/privacy"],
    ["accessibility", "/accessibility"],
    ["cookies", "/cookies"],
    ["problem", "/s/item-gallery/nowhere"],
    ["sign-in-first", "/staff"],
  ]) {
    await expectGood(await fresh(canvass.origin + path), name);
  }
});

test("every_item_type_with_and_without_faults", async () => {
  const page = await fresh(`${canvass.origin}/s/item-gallery`);
  await press(page, "Start now");
  await expectGood(page, "welcome");
  await press(page, "Continue");
  await expectGood(page, "welcome-faulty");
  await page.getByLabel("I agree").check();
  await press(page, "Continue");
  await expectGood(page, "choices");
  await page.getByLabel("Another one", { exact: true }).check();
  await page.getByLabel("Tea").check();
  await page.getByLabel("None of these").check();
  await press(page, "Continue");
  await expectGood(page, "choices-faulty");
  await summaryLinksFocusTheirFields(page);
  // The page unticked tea when "None of these" was ticked, and unticks that now.
  await page.getByLabel("Tea").check();
  await page.getByLabel("Water").check();
  await page.getByLabel("If “Another one”").fill("Mauve");
  await press(page, "Continue");
  await expectGood(page, "typed");
  await page.getByLabel("What should we call you?").fill("x".repeat(60));
  await page.getByLabel("How many years").fill("about 7");
  await page.getByLabel("Day", { exact: true }).fill("31");
  await page.getByLabel("Month", { exact: true }).fill("feb");
  await press(page, "Continue");
  await expectGood(page, "typed-faulty");
  await summaryLinksFocusTheirFields(page);
  await page.getByLabel("What should we call you?").fill("");
  await page.getByLabel("How many years").fill("7");
  await page.getByLabel("Year", { exact: true }).fill("2019");
  await page.getByLabel("Month", { exact: true }).fill("1");
  await press(page, "Continue");
  await expectGood(page, "grids");
  await page.locator("select").nth(0).selectOption("1");
  await page.locator("select").nth(1).selectOption("1");
  await page.locator("main input[type=text]").nth(0).fill("11");
  await press(page, "Continue");
  await expectGood(page, "grids-faulty");
  await summaryLinksFocusTheirFields(page);
  for (const row of await page.locator("fieldset fieldset").all()) await row.getByLabel("Agree", { exact: true }).check();
  await page.locator("select").nth(1).selectOption("2");
  await page.locator("select").nth(2).selectOption("3");
  await page.locator("main input[type=text]").nth(0).fill("10");
  await press(page, "Continue");
  await expectGood(page, "followup");
  await press(page, "Continue");
  await expectGood(page, "contact");
  await page.getByLabel("Your email address").fill("nobody");
  await press(page, "Continue");
  await expectGood(page, "contact-faulty");
  await page.getByLabel("Your email address").fill("");
  await press(page, "Save and come back later");
  // A refused address is kept with everything else.
  await expectGood(page, "saved");
  await page.getByRole("link", { name: "Continue with the survey now" }).click();
  await press(page, "Continue").catch(() => {});
  await page.goto(`${canvass.origin}/s/item-gallery/check`);
  await expectGood(page, "check");
  await press(page, "Send your answers");
  await expectGood(page, "receipt");
});

test("the_door_of_consultations_that_are_not_open_to_everyone", async () => {
  const folder = await mkdtemp(join(tmpdir(), "canvass-door-"));
  const definition = async (id, access, language = "en") => {
    const pages = [{ id: "view", questions: [{ id: "view", type: "text", text: "What do you think?" }] }];
    await writeFile(join(folder, `${id}.json`), JSON.stringify({ format: 1, id, title: "The town", language, access, pages }));
    return join(folder, `${id}.json`);
  };
  const others = [await definition("word", { mode: "passphrase" }), await definition("tref", { mode: "invitation" }, "cy")];
  const survey = await definition("town", { mode: "invitation" });
  const town = await serve({ survey, before: others.map((file) => ["publish", file]) });
  try {
    const printed = await town.command("invite", "town", "--count", "2", "--public-url", town.origin);
    const [link, other] = printed.trim().split("\n");
    const page = await fresh(`${town.origin}/s/town`);
    await expectGood(page, "door-invitation");
    await press(page, "Continue");
    await expectGood(page, "door-missing");
    await page.getByLabel("The code of your invitation").fill("7777");
    await press(page, "Continue");
    await expectGood(page, "door-wrong");
    await page.goto(`${town.origin}/s/town/i/7777`);
    await expectGood(page, "door-wrong-link");
    await page.goto(link);
    assert.equal(page.url(), `${town.origin}/s/town`, "the invitation does not stay in the address");
    await expectGood(page, "door-open");
    const second = await fresh(`${town.origin}/s/town`);
    await second.goto(link);
    for (const person of [page, second]) {
      await press(person, "Start now");
      await person.getByLabel("What do you think?").fill("A pond");
      await press(person, "Continue");
    }
    await press(page, "Send your answers");
    await expectGood(page, "door-receipt");
    await press(second, "Send your answers");
    await expectGood(second, "door-used-at-send");
    await second.goto(`${town.origin}/s/town/check`);
    await expectGood(second, "door-barred");
    await second.goto(`${town.origin}/s/town`);
    await expectGood(second, "door-used");
    await second.goto(other);
    await second.goto(`${town.origin}/s/town/check`);
    await press(second, "Send your answers");
    for (const [name, path] of [["door-passphrase", "word"], ["door-welsh", "tref"]]) {
      await expectGood(await fresh(`${town.origin}/s/${path}`), name);
    }
    const guesser = await fresh(`${town.origin}/s/word`);
    await guesser.getByLabel("Passphrase").fill("three green frogs");
    await press(guesser, "Continue");
    await expectGood(guesser, "door-passphrase-wrong");
    for (let tries = 0; tries < 45; tries += 1) await fetch(`${town.origin}/s/town/i/${tries}`);
    await guesser.goto(`${town.origin}/s/town/i/7777`);
    await expectGood(guesser, "door-too-many");
    const log = town.log();
    assert.ok(log.includes('"route":"/s/{survey}/send"') && log.includes('"code":"too-many"'), "requests that fail are logged");
    for (const invitation of [link, other].map((address) => address.split("/").pop())) {
      assert.ok(!log.includes(invitation.slice(0, 10)), "no invitation stands in the log");
    }
  } finally {
    await town.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

test("the_founding_consultation_at_both_widths", async () => {
  const founding = await serve();
  try {
    const page = await fresh(`${founding.origin}/s/digital-ready-workforce`);
    let number = 0;
    await answerFounding(page, "Learning", async (at) => expectGood(at, `founding-${String((number += 1)).padStart(2, "0")}`));
    await expectGood(page, "founding-check");
    const out = await fresh(`${founding.origin}/s/digital-ready-workforce`);
    await press(out, "Start now");
    await out.getByLabel("I have read").check();
    await press(out, "Continue");
    await out.getByLabel("No, my work").check();
    await press(out, "Continue");
    await expectGood(out, "ended");
  } finally {
    await founding.stop();
  }
});

test("the_founding_consultation_in_welsh", async () => {
  const founding = await serve();
  try {
    const page = await fresh(`${founding.origin}/s/digital-ready-workforce?lang=cy`);
    await expectGood(page, "welsh-start");
    await press(page, "Dechrau nawr");
    await press(page, "Parhau");
    await expectGood(page, "welsh-fault");
    await page.getByLabel("Rwyf wedi darllen").check();
    await press(page, "Parhau");
    await page.getByLabel("Mae'n un rhan o'm swydd").check();
    await press(page, "Parhau");
    await press(page, "Parhau");
    assert.match(await page.title(), /^Gwall: Eich gwaith/);
    await expectGood(page, "welsh-faults");
    await press(page, "Cadw a dod yn ôl yn nes ymlaen");
    await expectGood(page, "welsh-saved");
  } finally {
    await founding.stop();
  }
});

test("staff_closed_and_report_pages", async () => {
  const demo = await serve({ before: [["simulate", "digital-ready-workforce", "--n", "300"]] });
  try {
    const staff = await fresh(demo.addresses.find((address) => address.includes("/staff/sign-in/")));
    await expectGood(staff, "staff-sign-in");
    await press(staff, "Sign in");
    await expectGood(staff, "staff-home");
    await staff.goto(`${demo.origin}/staff/surveys/digital-ready-workforce`);
    await expectGood(staff, "staff-survey");
    await demo.command("report", "digital-ready-workforce", "--out", join(demo.folder, "report"));
    await expectReport(join(demo.folder, "report/report.html"), "report");
    await demo.command("paper", "digital-ready-workforce", "--out", join(demo.folder, "paper.html"));
    await demo.command("codebook", "digital-ready-workforce", "--out", join(demo.folder, "codebook"));
    await expectPrinted(join(demo.folder, "paper.html"), "paper");
    await expectPrinted(join(demo.folder, "codebook/codebook.html"), "codebook");
    await demo.command("paper", join(ROOT, "surveys/format-gallery.json"), "--out", join(demo.folder, "gallery.html"));
    await expectPrinted(join(demo.folder, "gallery.html"), "paper-gallery");
    await demo.command("close", "digital-ready-workforce");
    await expectGood(await fresh(`${demo.origin}/s/digital-ready-workforce`), "closed");
  } finally {
    await demo.stop();
  }
});

async function expectReport(file, name) {
  const page = await fresh(pathToFileURL(file).href);
  await expectGood(page, name);
  await page.setViewportSize(WIDE);
  await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
  await expectGood(page, `${name}-opened`);
  await expectPrints(page, name);
}

/** A page that is made to be printed. */
async function expectPrinted(file, name) {
  const page = await fresh(pathToFileURL(file).href);
  await expectGood(page, name);
  await page.setViewportSize(WIDE);
  await expectPrints(page, name);
}

async function expectPrints(page, name) {
  const pdf = await page.pdf({ format: "A4" });
  assert.ok(pdf.length > 20_000);
  if (PICTURES) await (await import("node:fs/promises")).writeFile(join(PICTURES, `${name}.pdf`), pdf);
  await page.emulateMedia({ media: "print" });
  const top = await page.locator("h1").boundingBox();
  assert.ok(top.y < 900, `the first printed page is blank: the heading is at ${top.y}`);
}

test("reports_of_real_conversations", { skip: data() ? false : "skipped: no data" }, async () => {
  const names = ["vtaiwan.uberx", "scoop-hivemind.ubi", "london.youth.policing"];
  const before = names.map((name) => ["import", "polis", join(data(), "polis", name), "--id", name.replaceAll(".", "-")]);
  const real = await serve({ before });
  try {
    for (const name of names.map((name) => name.replaceAll(".", "-"))) {
      await real.command("report", name, "--out", join(real.folder, name));
      await expectReport(join(real.folder, name, "report.html"), `report-${name}`);
    }
  } finally {
    await real.stop();
  }
});

/** Where real conversations lie, if `CANVASS_DATA` says so. */
function data() {
  const folder = process.env.CANVASS_DATA;
  return folder && existsSync(join(folder, "polis")) ? resolve(folder) : undefined;
}

async function summaryLinksFocusTheirFields(page) {
  const links = page.locator(".nhsuk-error-summary a");
  assert.ok((await links.count()) > 0);
  for (const link of await links.all()) {
    const target = (await link.getAttribute("href")).slice(1);
    await link.focus();
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), target);
  }
}

test("a_page_is_answered_with_the_keyboard_alone", async () => {
  const page = await fresh(`${canvass.origin}/s/item-gallery`);
  const tabTo = async (wanted) => {
    for (let tries = 0; tries < 60; tries += 1) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const e = document.activeElement;
        const { outlineStyle, boxShadow, backgroundColor } = getComputedStyle(e.matches("input[type=checkbox], input[type=radio]") ? e.nextElementSibling : e);
        return { name: e.id || e.textContent.trim(), seen: outlineStyle !== "none" || boxShadow !== "none" || backgroundColor !== "rgba(0, 0, 0, 0)" };
      });
      if (at.name === wanted) return;
    }
    assert.fail(`${wanted} cannot be reached by Tab`);
  };
  const enter = () => Promise.all([page.waitForEvent("domcontentloaded"), page.keyboard.press("Enter")]);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to main content");
  await tabTo("Start now");
  await enter();
  await tabTo("agree");
  await page.keyboard.press("Space");
  await tabTo("Continue");
  await enter();
  assert.equal(await page.textContent("h1"), "Choices");
  await tabTo("colour");
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await tabTo("Continue");
  await enter();
  assert.equal(await page.textContent("h1"), "Things to type");
});

test("more_space_between_letters_and_400_percent_lose_nothing", async () => {
  const page = await fresh(`${canvass.origin}/s/item-gallery`);
  await press(page, "Start now");
  await page.getByLabel("I agree").check();
  await press(page, "Continue");
  await page.setViewportSize(NARROW);
  await page.evaluate(() => {
    // WCAG 1.4.12; through the object model, because the page's policy refuses other style sheets.
    for (const e of document.querySelectorAll("*")) {
      e.style.setProperty("line-height", "1.5", "important");
      e.style.setProperty("letter-spacing", "0.12em", "important");
      e.style.setProperty("word-spacing", "0.16em", "important");
      if (e.localName === "p") e.style.setProperty("margin-bottom", "2em", "important");
    }
  });
  assert.deepEqual(await overflow(page), { pixels: 0, elements: [] });
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll("main *, header *, footer *")]
      .filter((e) => !e.className.includes?.("visually-hidden") && getComputedStyle(e).overflow === "hidden" && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1))
      .map((e) => e.className),
  );
  assert.deepEqual(cut, []);
});

test("coming_back_and_what_could_not_be_saved", async () => {
  const start = `${canvass.origin}/s/item-gallery`;
  const page = await fresh(start);
  await press(page, "Start now");
  await page.getByLabel("I agree").check();
  await press(page, "Continue");
  await page.goto(start);
  await expectGood(page, "start-begun");
  await page.getByRole("button", { name: "Continue from where you stopped" }).click();
  await page.getByLabel("Red").check();
  await page.getByLabel("If “Juice”").fill("Pear <b>");
  const second = await page.context().newPage();
  await second.goto(start);
  await press(second, "Start as someone else");
  await press(page, "Continue");
  await expectGood(page, "not-saved");
  assert.deepEqual(await page.locator("main textarea[readonly]").evaluateAll((all) => all.map((area) => area.value)), ["Red", "Juice", "Pear <b>"]);
  await page.context().clearCookies();
  await press(page, "Save it now");
  await expectGood(page, "not-saved-without-cookie");
  await page.goto(`${start}/resume`);
  await expectGood(page, "code");
  await page.getByLabel("Your code").fill("7KQ2M");
  await press(page, "Continue");
  await expectGood(page, "code-faulty");
  await summaryLinksFocusTheirFields(page);
  await page.goto(`${start}/resume/7KQ2M`);
  await expectGood(page, "link-gone");
});

test("after_sending", async () => {
  const page = await fresh(`${canvass.origin}/s/item-gallery`);
  await press(page, "Start now");
  await page.getByLabel("I agree").check();
  for (let number = 0; number < 4; number += 1) {
    if (page.url().endsWith("/grids")) for (const row of await page.locator("fieldset fieldset").all()) await row.getByLabel("Agree", { exact: true }).check();
    await press(page, "Continue");
  }
  while (!page.url().endsWith("/check")) await press(page, "Continue");
  await press(page, "Send your answers");
  await page.getByRole("link", { name: "See a copy" }).click();
  await expectGood(page, "copy");
  await page.goBack();
  await press(page, "Change your answers");
  await expectGood(page, "check-changes");
  await press(page, "Send your answers");
  await page.getByRole("link", { name: "Withdraw your answers" }).click();
  await expectGood(page, "withdraw");
  await press(page, "Yes, withdraw them");
  await expectGood(page, "withdrawn");
});

/** A mail server that takes everything and keeps nothing. */
async function mailServer() {
  const server = createServer((socket) => {
    let inMessage = false;
    socket.write("220 sink\r\n");
    socket.on("error", () => {});
    socket.on("data", (data) => {
      if (inMessage) {
        if (!data.toString().endsWith("\r\n.\r\n")) return;
        inMessage = false;
        return socket.write("250 taken\r\n");
      }
      const verb = data.toString().slice(0, 4);
      inMessage = verb === "DATA";
      socket.write({ EHLO: "250 sink\r\n", DATA: "354 go on\r\n" }[verb] ?? "250 ok\r\n");
    });
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return server;
}

test("mail_shared_devices_and_what_everyone_answered", async () => {
  const mail = await mailServer();
  const folder = await mkdtemp(join(tmpdir(), "canvass-definition-"));
  const definition = JSON.parse(await readFile(join(ROOT, "surveys/item-gallery.json"), "utf8"));
  await writeFile(join(folder, "gallery.json"), JSON.stringify({ ...definition, results: { show: "after_answering" } }));
  const gallery = await serve({
    survey: join(folder, "gallery.json"),
    env: { CANVASS_SMTP_URL: `smtp://127.0.0.1:${mail.address().port}`, CANVASS_MAIL_FROM: "consult@example.org" },
    before: [["simulate", "item-gallery", "--n", "60"]],
  });
  try {
    const page = await fresh(`${gallery.origin}/s/item-gallery`);
    await press(page, "Start now");
    await page.getByLabel("I agree").check();
    await press(page, "Save and come back later");
    await expectGood(page, "saved-mail");
    await press(page, "Email me the link");
    await expectGood(page, "saved-mail-faulty");
    await summaryLinksFocusTheirFields(page);
    await page.getByLabel("Your email address").fill("sam@example.org");
    await press(page, "Email me the link");
    await page.getByText("The link has been sent by email").waitFor();
    await expectGood(page, "saved-mailed");
    await press(page, "Finish on this shared device");
    await expectGood(page, "left");
    assert.deepEqual(await page.context().cookies(), []);
    await page.goto(`${gallery.origin}/s/item-gallery`);
    await press(page, "Start now");
    await page.getByLabel("I agree").check();
    for (let number = 0; number < 4; number += 1) {
      if (page.url().endsWith("/grids")) for (const row of await page.locator("fieldset fieldset").all()) await row.getByLabel("Agree", { exact: true }).check();
      await press(page, "Continue");
    }
    while (!page.url().endsWith("/check")) await press(page, "Continue");
    await press(page, "Send your answers");
    await expectGood(page, "receipt-mail");
    await page.getByLabel("Your email address").fill("nobody");
    await press(page, "Email me the copy");
    await expectGood(page, "receipt-mail-faulty");
    await page.getByLabel("Your email address").fill("sam@example.org");
    await press(page, "Email me the copy");
    await page.getByText("The copy has been sent by email").waitFor();
    await page.getByRole("link", { name: "What everyone has answered" }).click();
    await page.getByText("Made on").waitFor();
    await expectGood(page, "everyone");
  } finally {
    await gallery.stop();
    mail.close();
    await rm(folder, { recursive: true, force: true });
  }
});
