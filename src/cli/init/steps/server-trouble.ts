import { checkProxy } from "../../../config/addresses.js";
import type { HttpError } from "../../../lib/http.js";
import type { Ports, ServerSettings } from "../ports.js";
import type { Trouble } from "../probe.js";

interface Given {
  /** The place in the answers. */
  id: string;
  server: ServerSettings;
  trouble: Trouble;
  error: HttpError;
}

/** What to try next after a failure on the way to the server; null: another address. */
export async function settleTrouble(ports: Ports, given: Given): Promise<ServerSettings | null> {
  const { ask } = ports;
  const { server, trouble, error } = given;
  switch (trouble) {
    case "unknown_authority":
      ask.tell("problem", describe(error));
      return askAuthority(ports, given);
    case "private":
      return askPrivate(ports, given);
    case "plain_http":
      return askHttp(ports, given);
    case "forbidden_address":
      ask.tell("problem", error.message);
      return null;
    case "proxy":
    case "network":
    case "name":
    case "certificate":
      ask.tell("problem", describe(error));
      return askWay(ports, { ...given, server });
  }
}

/** The advice to edit config.yaml is not for somebody whom the wizard asks. */
function describe({ message, remedy }: HttpError): string {
  return remedy === undefined || /config\.yaml|caFile/.test(remedy) ? message : `${message} ${remedy}`;
}

async function askAuthority(ports: Ports, { id, server }: Given): Promise<ServerSettings | null> {
  const { ask, files } = ports;
  const what = await ask.select({
    id: `${id}.caFile.how`,
    message: "Does your organisation have a certificate authority of its own?",
    choices: [
      { value: "file", label: "Yes: I have its certificate in a file (PEM)" },
      { value: "again", label: "Try again" },
      { value: "other", label: "Type another address" },
    ],
  });
  if (what === "other") return null;
  if (what === "again") return server;
  const caFile = await ask.text({
    id: `${id}.caFile`,
    message: "Path of the certificate file",
    example: "/etc/ssl/certs/company.pem",
    check: (text) => files.checkAuthority(files.resolve(text)),
  });
  return { ...server, caFile: files.resolve(caFile) };
}

async function askPrivate({ ask }: Ports, { id, server, error }: Given): Promise<ServerSettings | null> {
  ask.tell("problem", describe(error));
  const allowed = await ask.confirm({
    id: `${id}.allowPrivateAddress`,
    message: `Is ${new URL(server.url).hostname} your own server, in your own network?`,
    initial: true,
  });
  return allowed ? { ...server, allowPrivateAddress: true } : null;
}

async function askHttp({ ask }: Ports, { id, server }: Given): Promise<ServerSettings | null> {
  const { host } = new URL(server.url);
  ask.tell(
    "problem",
    `http:// is not encrypted: everybody on the way to ${host} can read your token and use it.`,
  );
  const allowed = await ask.confirm({
    id: `${id}.allowHttp`,
    message: "Use it without encryption all the same?",
    initial: false,
  });
  if (allowed) return { ...server, allowHttp: true };
  const secure = server.url.replace(/^http:/, "https:");
  ask.tell("info", `Then ${secure} is tried.`);
  return { ...server, url: secure };
}

async function askWay({ ask }: Ports, { id, server, trouble }: Given): Promise<ServerSettings | null> {
  const again = { value: "again", label: "Try again", hint: "after the network is back" };
  const other = { value: "other", label: "Type another address" };
  const proxy = { value: "proxy", label: "Go through a proxy" };
  const what = await ask.select({
    id: `${id}.proxy.how`,
    message: "What now?",
    // A name that nobody knows is most often mistyped.
    choices: trouble === "name" ? [other, again, proxy] : [again, proxy, other],
  });
  if (what === "other") return null;
  if (what === "again") return server;
  const typed = await ask.text({
    id: `${id}.proxy`,
    message: "Address of the proxy (http://, https://, socks5://)",
    example: "http://proxy.example.com:3128",
    check: (text) => {
      const checked = checkProxy(text.trim());
      return checked.ok ? undefined : `The address ${checked.message}.`;
    },
  });
  return { ...server, proxy: typed.trim() };
}
