// What holds for every page in every state, at both widths.

import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { NARROW, WIDE, axe, overflow } from "./browser.mjs";

// Pictures of all pages go here, and their HTML for html.check.mjs, if it is set.
export const PICTURES = process.env.CANVASS_PICTURES;

/** Looks at a page at both widths. All faults are told at once. */
export async function expectGood(page, name) {
  const faults = [];
  if (PICTURES) await keepHtml(page, name);
  for (const viewport of [WIDE, NARROW]) {
    await page.setViewportSize(viewport);
    const at = `${name} at ${viewport.width}`;
    if (PICTURES) {
      // Of the longest reports, unfolded, the part that the browser can draw: a picture has at most 2 GiB.
      const clip = { x: 0, y: 0, width: viewport.width, height: Math.floor(2 ** 28 / viewport.width) };
      await page.screenshot({ path: join(PICTURES, `${name}-${viewport.width}.png`), fullPage: true, clip });
    }
    const { violations, bestPractice } = await axe(page);
    for (const rule of [...violations, ...bestPractice]) faults.push(`${at}: ${rule.id} (${rule.help}) ${rule.at.slice(0, 4)}`);
    const wide = await overflow(page);
    if (wide.pixels > 0) faults.push(`${at}: ${wide.pixels} px too wide: ${wide.elements.slice(0, 4)}`);
    if ((await page.locator("h1").count()) !== 1) faults.push(`${at}: ${await page.locator("h1").count()} h1`);
    for (const small of await smallTargets(page)) faults.push(`${at}: target ${small}`);
  }
  faults.push(...(page.complaints ?? []), ...page.strays.map((stray) => `${name} asks for ${stray}`));
  assert.deepEqual(faults, []);
}

/** Keeps a page as it was sent, and as it is now that script has run. */
async function keepHtml(page, name) {
  await mkdir(PICTURES, { recursive: true });
  const address = page.url();
  const sent = address.startsWith("file:") ? await readFile(fileURLToPath(address), "utf8") : await page.answer.text();
  await writeFile(join(PICTURES, `${name}.html`), sent);
  await writeFile(join(PICTURES, `${name}.now.html`), await page.content());
}

/** Targets under 24 CSS px that stand in no sentence and have another target nearer than 24 px (WCAG 2.5.8). */
async function smallTargets(page) {
  return page.evaluate(() => {
    const shown = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")].filter(
      (e) => e.getClientRects().length > 0 && e.checkVisibility() && !e.closest(".nhsuk-skip-link"),
    );
    const box = (e) => {
      const label = e.labels?.[0];
      const own = e.getBoundingClientRect();
      return label && own.width < 24 ? label.getBoundingClientRect() : own;
    };
    const inSentence = (e) =>
      e.localName === "a" && [...e.parentElement.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "");
    const centre = (b) => [b.left + b.width / 2, b.top + b.height / 2];
    return shown
      .filter((e) => {
        const b = box(e);
        if ((b.width >= 24 && b.height >= 24) || inSentence(e)) return false;
        const [x, y] = centre(b);
        return shown.some((other) => {
          if (other === e) return false;
          const o = box(other);
          const dx = Math.max(o.left - x, 0, x - o.right);
          const dy = Math.max(o.top - y, 0, y - o.bottom);
          return Math.hypot(dx, dy) < 12;
        });
      })
      .map((e) => `${e.localName}.${e.className} “${e.textContent.trim().slice(0, 30)}” ${Math.round(box(e).width)}×${Math.round(box(e).height)}`);
  });
}
