// The emulator of Telegram's Bot API by others, behind a small door that mends what it gets wrong: getMe does not say that
// a bot is one, its times are in milliseconds, and of a message it gives back each parameter as it came. Started with the port to listen on.
const http = require("http");
const { TelegramServer } = require("telegram-test-api/lib/telegramServer");

const port = Number(process.argv[2]);
const inner = port + 1;
const SECONDS = 1e11;

function mended(value) {
  if (Array.isArray(value)) return value.map(mended);
  if (value === null || typeof value !== "object") return value;
  const told = {};
  for (const [name, each] of Object.entries(value)) {
    told[name] = name === "date" && each > SECONDS ? Math.floor(each / 1000) : mended(each);
  }
  return told;
}

const door = http.createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const call = { host: "127.0.0.1", port: inner, path: request.url, method: request.method, headers: request.headers };
    const onward = http.request(call, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => {
        const body = mended(JSON.parse(Buffer.concat(parts).toString("utf-8")));
        if (request.url.endsWith("/getMe")) body.result.is_bot = true;
        if (/\/bot.*\/sendMessage$/i.test(request.url)) {
          const { message_id, date, chat, text } = body.result;
          body.result = { message_id, date, chat, text };
        }
        response.writeHead(answer.statusCode, { "Content-Type": "application/json" });
        response.end(JSON.stringify(body));
      });
    });
    onward.end(Buffer.concat(chunks));
  });
});

new TelegramServer({ port: inner, host: "127.0.0.1" }).start().then(() => door.listen(port, "127.0.0.1"));
