// How pages look: where the start button stands, what is printed, and what colours, motion and writing direction change.

import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { NARROW, WIDE, launch, open, serve } from "./browser.mjs";
import { PICTURES, expectGood } from "./good.mjs";
import { press } from "./person.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(async () => {
  await browser?.close();
});

async function picture(page, name) {
  if (!PICTURES) return;
  await mkdir(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}

test("a_consultation_in_arabic_reads_from_right_to_left", async () => {
  const canvass = await serve({ survey: "tests/surveys/arabic.json" });
  try {
    const page = await open(browser, `${canvass.origin}/s/arabic`);
    const isMirrored = async () => {
      await page.setViewportSize(WIDE);
      assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).direction), "rtl");
      const [edge, right] = await page.evaluate(() => {
        const box = document.querySelector("main .nhsuk-grid-column-two-thirds").getBoundingClientRect();
        return [document.documentElement.clientWidth - box.right, box.left];
      });
      assert.ok(edge < right, `the text stands ${edge} px from the right and ${right} px from the left`);
    };
    await isMirrored();
    await expectGood(page, "arabic-start");
    await page.setViewportSize(WIDE);
    await press(page, "Start now");
    const radio = await page.locator("input[type=radio]").first().boundingBox();
    const label = await page.locator(".nhsuk-radios__label").first().boundingBox();
    assert.ok(radio.x + radio.width / 2 > label.x + label.width / 2, "a button stands to the right of its words");
    assert.equal(await page.locator("option").first().getAttribute("lang"), "en");
    assert.equal(await page.locator("option").nth(1).getAttribute("lang"), null);
    await expectGood(page, "arabic-choices");
    await press(page, "Continue");
    await expectGood(page, "arabic-choices-faulty");
    await page.locator("input[type=radio]").first().check();
    await page.locator("input[type=checkbox]").first().check();
    await picture(page, "arabic-choices-ticked");
    for (const name of ["words", "grids", "contact", "check"]) {
      await press(page, "Continue");
      assert.ok(page.url().endsWith(name), page.url());
      await isMirrored();
      await expectGood(page, `arabic-${name}`);
    }
    await press(page, "Send your answers");
    await expectGood(page, "arabic-receipt");
    await page.goto(`${canvass.origin}/s/arabic/help`);
    await expectGood(page, "arabic-help");
    await page.goto(`${canvass.origin}/s/arabic/nowhere`);
    await expectGood(page, "arabic-problem");
  } finally {
    await canvass.stop();
  }
});

/** Answers the gallery and leaves the page at its receipt; `look` sees some pages on the way. */
async function toReceipt(page, canvass, look = async () => {}) {
  await page.goto(`${canvass.origin}/s/item-gallery`);
  await look("start");
  await press(page, "Start now");
  await press(page, "Continue");
  await look("faulty");
  await page.getByLabel("I agree").check();
  await press(page, "Continue");
  await page.getByLabel("Red").check();
  await page.getByLabel("Tea").check();
  await look("choices");
  for (let number = 0; number < 3; number += 1) {
    if (page.url().endsWith("/grids")) {
      for (const row of await page.locator("fieldset fieldset").all()) await row.getByLabel("Agree", { exact: true }).check();
      await look("grids");
    }
    await press(page, "Continue");
  }
  while (!page.url().endsWith("/check")) await press(page, "Continue");
  await look("check");
  await press(page, "Send your answers");
  await look("receipt");
}

test("printed_pages_have_no_buttons_links_back_or_foot", async () => {
  const canvass = await serve({ survey: "surveys/item-gallery.json" });
  try {
    const page = await open(browser, canvass.origin);
    await page.emulateMedia({ media: "print" });
    const printed = async (name) => {
      await picture(page, `print-${name}`);
      const seen = await page
        .locator(".nhsuk-skip-link, .canvass-back, .nhsuk-button, .nhsuk-footer, .canvass-buttons, .nhsuk-summary-list__actions")
        .evaluateAll((all) => all.filter((e) => e.checkVisibility()).map((e) => e.className));
      assert.deepEqual(seen, [], name);
      const white = await page.evaluate(() =>
        [...document.querySelectorAll("body *")].filter((e) => e.childElementCount === 0 && e.textContent.trim() && e.checkVisibility() && getComputedStyle(e).color === "rgb(255, 255, 255)").map((e) => e.className),
      );
      assert.deepEqual(white, [], `${name}: white text is not seen on paper`);
    };
    // Buttons that are not printed cannot be pressed either.
    const look = async (name) => {
      await page.emulateMedia({ media: "print" });
      await printed(name);
      await page.emulateMedia({ media: "screen" });
    };
    await page.emulateMedia({ media: "screen" });
    await toReceipt(page, canvass, look);
    await page.getByRole("link", { name: "See a copy" }).click();
    await look("copy");
    assert.match(await page.textContent("main"), /Red/);
  } finally {
    await canvass.stop();
  }
});

test("forced_colours_show_every_box_line_and_tick", async () => {
  const canvass = await serve({ survey: "surveys/item-gallery.json" });
  try {
    for (const colorScheme of ["light", "dark"]) {
      const page = await open(browser, canvass.origin, { forcedColors: "active", colorScheme });
      await toReceipt(page, canvass, async (name) => {
        await picture(page, `forced-${colorScheme}-${name}`);
        const lost = await page.evaluate(() => {
          const drawn = (e, part) => {
            const style = getComputedStyle(e, part);
            const canvas = getComputedStyle(document.body).backgroundColor;
            const line = (side) => parseFloat(style[`border${side}Width`]) > 0 && style[`border${side}Style`] !== "none" && style[`border${side}Color`] !== canvas;
            return ["Top", "Right", "Bottom", "Left"].some(line) || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0);
          };
          const boxes = [...document.querySelectorAll("input[type=text], textarea, select, .nhsuk-button, .nhsuk-error-summary, .nhsuk-panel")].filter((e) => !drawn(e));
          const ticks = [...document.querySelectorAll(".nhsuk-radios__label, .nhsuk-checkboxes__label")].filter((e) => !drawn(e, "::before"));
          return [...boxes, ...ticks].map((e) => e.className || e.localName);
        });
        assert.deepEqual(lost, [], name);
      });
      await page.context().close();
    }
  } finally {
    await canvass.stop();
  }
});

test("nothing_moves_for_those_who_want_no_motion_and_dark_changes_nothing", async () => {
  const canvass = await serve({ survey: "surveys/item-gallery.json" });
  try {
    const page = await open(browser, `${canvass.origin}/s/item-gallery`, { reducedMotion: "reduce", colorScheme: "dark" });
    await press(page, "Start now");
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll("*")].flatMap((e) => ["", "::before", "::after"].map((part) => getComputedStyle(e, part || null))).filter((style) => style.transitionDuration !== "0s" || style.animationName !== "none").length,
    );
    assert.equal(moving, 0);
    assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), "light only");
    await expectGood(page, "dark-welcome");
  } finally {
    await canvass.stop();
  }
});

const EXAMPLE = "docs/theme-example";

test("a_theme_changes_the_look_and_keeps_what_makes_pages_accessible", async () => {
  const canvass = await serve({ survey: "surveys/item-gallery.json", env: { CANVASS_THEME: EXAMPLE } });
  try {
    const page = await open(browser, canvass.origin);
    await page.goto(`${canvass.origin}/s/item-gallery`);
    const button = page.getByRole("button", { name: "Start now" }).first();
    assert.deepEqual(
      await button.evaluate((e) => [getComputedStyle(e).backgroundColor, getComputedStyle(e).borderTopLeftRadius]),
      ["rgb(91, 42, 134)", "12px"],
    );
    await toReceipt(page, canvass, async (name) => {
      await expectGood(page, `theme-${name}`);
      await page.setViewportSize(WIDE);
      const logo = page.getByRole("link", { name: "Wrenbury Town Council" });
      assert.equal(await logo.getAttribute("href"), "https://wrenbury.example.org");
      assert.ok(await logo.locator("img").evaluate((img) => img.complete && img.naturalWidth > 0), "the logo is drawn");
      assert.match(await page.textContent("footer"), /1 Market Square/);
    });
    const logo = await page.locator("header img").getAttribute("src");
    const answer = await fetch(canvass.origin + logo);
    assert.equal(answer.headers.get("content-type"), "image/svg+xml");
    assert.match(answer.headers.get("content-security-policy"), /^default-src 'none'; style-src 'unsafe-inline'; sandbox$/);
    for (const path of ["/assets/theme.json", "/assets/..%2ftheme.json", "/assets/logo.svg", "/assets/%2e%2e/theme.json"]) {
      assert.equal((await fetch(canvass.origin + path)).status, 404, path);
    }
  } finally {
    await canvass.stop();
  }
});

test("a_theme_that_is_wrong_stops_the_start_and_says_where", async () => {
  const folder = await mkdtemp(join(tmpdir(), "canvass-theme-"));
  try {
    for (const [file, content, told] of [
      ["theme.json", '{"name": "A", "colours": {"link": "#ff8800"}}', /theme\.json: `colours\.link` #ff8800 has a contrast of 2\.\d+:1/],
      ["templates/info.hbs", "{{#> layout}}\n{{headline}}\n{{/layout}}", /templates\/info\.hbs:2: /],
      ["logo.svg", "<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", /logo\.svg: has `<script>`/],
      ["Theme.css", "", /Theme\.css is none of theme\.json/],
    ]) {
      await cp(EXAMPLE, folder, { recursive: true, force: true });
      await writeFile(join(folder, file), content);
      await assert.rejects(serve({ survey: "surveys/item-gallery.json", env: { CANVASS_THEME: folder } }).then((canvass) => canvass.stop()), told);
      await rm(join(folder, file));
    }
    await assert.rejects(serve({ env: { CANVASS_THEME: join(folder, "nowhere") } }).then((canvass) => canvass.stop()), /cannot be read/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

for (const survey of ["digital-ready-workforce", "item-gallery", "format-gallery"]) {
  test(`the_start_button_of_${survey}_is_seen_at_once`, async () => {
    const canvass = await serve({ survey: `surveys/${survey}.json` });
    try {
      for (const [viewport, most] of [[WIDE, 700], [NARROW, 900]]) {
        const page = await open(browser, canvass.addresses.find((address) => address.includes("/s/")), { viewport });
        const button = await page.getByRole("button", { name: "Start now" }).first().boundingBox();
        await picture(page, `start-${survey}-${viewport.width}`);
        assert.ok(button.y + button.height <= most, `at ${viewport.width} px the button ends at ${button.y + button.height} px`);
      }
    } finally {
      await canvass.stop();
    }
  });
}
