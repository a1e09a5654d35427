// Looks at pages with hostile texts: what they are made of, and whether anything runs on them.

/** The elements of a page with the names of their attributes, and each address that is not of this site. */
export async function skeleton(page) {
  return page.evaluate(() => {
    const lines = [];
    const pairs = new Set();
    const walk = (element, depth) => {
      // Emphasis is what Markdown may make of a text.
      const isEmphasis = ["em", "strong", "code"].includes(element.localName) && element.attributes.length === 0;
      if (!isEmphasis) {
        const names = [...element.attributes].map((attribute) => attribute.name).sort();
        lines.push(`${" ".repeat(depth)}${element.localName} ${names.join(" ")}`.trimEnd());
        pairs.add(element.localName);
        for (const name of names) pairs.add(`${element.localName} ${name}`);
        for (const name of ["href", "src", "action", "formaction", "data"]) {
          const url = element.hasAttribute(name) && new URL(element.getAttribute(name), location.href);
          const isTable = url && element.hasAttribute("download") && url.href.startsWith("data:text/csv;charset=utf-8,");
          const isFine = !url || isTable || url.origin === location.origin || url.href === "data:," || ["mailto:", "blob:"].includes(url.protocol);
          if (!isFine) pairs.add(`leads to ${url.href}`);
        }
      }
      for (const child of element.children) walk(child, isEmphasis ? depth : depth + 1);
    };
    walk(document.documentElement, 0);
    return { lines, pairs: [...pairs] };
  });
}

/** A window in which nothing stops a script that got in: it would be seen to run. */
export async function unguarded(browser, dialogs) {
  const context = await browser.newContext({ bypassCSP: true });
  context.on("dialog", (dialog) => {
    dialogs.push(`${dialog.page().url()}: ${dialog.message()}`);
    dialog.dismiss();
  });
  context.on("request", (request) => {
    if (request.url().includes("evil.example")) dialogs.push(`asks for ${request.url()}`);
  });
  return context.newPage();
}
