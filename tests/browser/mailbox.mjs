// A mail server on a free port of this machine that keeps what it is given, and knows nobody@ not.

import { createServer } from "node:net";

/** `mails` has each mail with whom it is `to` and its `text`; `env` is what the program is told of it. */
export async function mailbox() {
  const mails = [];
  const server = createServer((socket) => {
    let mail = null;
    let to = "";
    let rest = "";
    socket.on("error", () => {});
    socket.write("220 ready\r\n");
    socket.setEncoding("utf8").on("data", (text) => {
      const lines = (rest + text).split("\r\n");
      rest = lines.pop();
      for (const line of lines) {
        if (mail !== null) {
          if (line === ".") {
            mails.push({ to, text: mail });
            mail = null;
            socket.write("250 taken\r\n");
          } else mail += `${line}\n`;
        } else if (line.startsWith("RCPT")) {
          to = line.match(/<(.*)>/)[1];
          socket.write(to.startsWith("nobody@") ? "550 5.1.1 no such user\r\n" : "250 ok\r\n");
        } else if (line === "DATA") {
          mail = "";
          socket.write("354 go on\r\n");
        } else socket.write("250 ok\r\n");
      }
    });
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const env = { CANVASS_SMTP_URL: `smtp://127.0.0.1:${server.address().port}`, CANVASS_MAIL_FROM: "Consultations <consult@example.org>", CANVASS_MAIL_RATE: "6000" };
  return { mails, env, close: () => server.close() };
}

/** The address in a mail that has this part in its path. */
export const linkIn = (mail, part) => mail.text.match(new RegExp(`http[^\\s>]+/${part}/[^\\s>]+`))[0];
