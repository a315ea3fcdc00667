// Calls the page's own server side, which asks the back ends.

const ROOT = new URL("api/", new URL(".", import.meta.url));
const CHUNK = 512 * 1024;

// What the API tells when it refuses: what happened, what helps, its code, and where.
export class Refused extends Error {
  constructor({ message, detail = "", code = 0, status = 0, call = "", trace = "" }) {
    super(message);
    Object.assign(this, { detail, code, status, call, trace });
  }
}

let signInAgain = async () => false;

// Has `handler` called when the session has ended; it returns whether there is one again.
export function onSessionEnd(handler) {
  signInAgain = handler;
}

export const path = (...names) => names.map(encodeURIComponent).join("/");

// Calls and returns the answer's data. A call whose session has ended is made again after the next sign-in.
export async function call(method, where, data, options = {}) {
  const body = data === undefined ? undefined : JSON.stringify(data);
  const answer = await send(method, where, body, { type: "application/json", ...options });
  return (await answer.json()).data;
}

export const get = (where, options) => call("GET", where, undefined, options);
// One page of a list: {offset, limit, sort, name}. Returns its rows and how many there are in all.
export async function pageOf(where, query, options) {
  const asked = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ""));
  const answer = await send("GET", `${where}?${asked}`, undefined, options);
  const { data, paging } = await answer.json();
  return { rows: data, total: paging?.total ?? data.length };
}

export const post = (where, data = {}, options) => call("POST", where, data, options);
export const put = (where, data, options) => call("PUT", where, data, options);
export const remove = (where, options) => call("DELETE", where, undefined, options);

async function send(method, where, body, { type, signal, again = true } = {}) {
  const headers = body === undefined ? {} : { "Content-Type": type };
  let answer;
  try {
    answer = await fetch(new URL(where, ROOT), { method, body, headers, signal, credentials: "same-origin" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused({
      message: "CX Contact cannot be reached.",
      detail: "Is it still running? The page tries again by itself where it watches something.",
      call: `${method} ${where}`,
    });
  }
  if (answer.ok) return answer;
  if (answer.status === 401 && again) {
    if (await signInAgain()) return send(method, where, body, { type, signal, again });
  }
  throw await refusal(answer, `${method} ${where}`);
}

async function refusal(answer, asked) {
  const reply = await answer.json().catch(() => ({}));
  const { message, detail, code } = reply.status ?? {};
  return new Refused({
    message: message || `CX Contact answered HTTP ${answer.status}.`,
    detail,
    code,
    status: answer.status,
    call: reply.path ? `${asked.split(" ")[0]} ${reply.path}` : asked,
    trace: answer.headers.get("x-b3-traceid") ?? "",
  });
}

// Brings a file to the share in chunks; `progress` is told how much of it is there.
export async function upload(file, name, { progress, signal }) {
  const target = `files/import/${encodeURIComponent(name)}`;
  let offset = 0;
  do {
    const chunk = file.slice(offset, offset + CHUNK);
    const last = offset + chunk.size >= file.size;
    await send("PUT", `${target}?offset=${offset}&last=${last}`, chunk, { type: "application/octet-stream", signal });
    offset += chunk.size;
    progress(offset);
  } while (offset < file.size);
  return `import/${name}`;
}

// Takes a file from the share, and hands it to the person as a download.
export async function download(file) {
  const [folder, name] = [file.slice(0, file.indexOf("/")), file.slice(file.indexOf("/") + 1)];
  const parts = [];
  let offset = 0;
  for (;;) {
    const answer = await send("GET", `files/${path(folder, name)}?offset=${offset}`);
    const part = await answer.blob();
    if (!part.size) break;
    parts.push(part);
    offset += part.size;
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(parts, { type: "text/csv" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

let words;

// What the numbers mean that OCS uses; asked for once.
export function vocabulary() {
  words ??= get("vocabulary").catch((problem) => {
    words = undefined;
    throw problem;
  });
  return words;
}
