// What the pages of staff gain where script runs, beside canvass.js: see there for how it is written.

// What goes on while a page is looked at is fetched anew three seconds after it came, until somebody pauses it.
for (const part of document.querySelectorAll("[data-live]")) {
  const [pause, resume] = part.dataset.live.split("|");
  const button = Object.assign(document.createElement("button"), { type: "button", className: "nhsuk-button nhsuk-button--secondary nhsuk-button--small", textContent: pause });
  let paused = false;
  part.before(button);
  button.addEventListener("click", () => {
    paused = !paused;
    button.textContent = paused ? resume : pause;
  });
  const renew = async () => {
    try {
      const answer = paused || document.hidden ? null : await fetch(location.href);
      const found = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
      if (found && !paused) {
        const focused = document.activeElement.id;
        part.replaceChildren(...found.childNodes);
        if (focused && part.querySelector(`#${CSS.escape(focused)}`)) document.getElementById(focused).focus({ preventScroll: true });
      }
    } catch {
      // Offline: the page says of when its figures are, and the next try may reach the server.
    }
    setTimeout(renew, 3000);
  };
  setTimeout(renew, 3000);
}
