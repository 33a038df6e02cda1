import { TLSSocket } from "node:tls";

/** What a server showed when the connection was made. */
export interface Certificate {
  /** Epoch milliseconds. */
  validTo: number;
  issuer: string;
}

export interface CertificateWatch {
  /** null: nothing was connected to this origin with TLS since the watch began. */
  of(url: URL): Certificate | null;
  close(): void;
}

/**
 * Sees the certificates of all connections that undici makes in this process from now on, through proxies too, because undici
 * tells of the finished connection and not of the way to it. Source: `docs/docs/api/DiagnosticsChannel.md` of undici 7; a test
 * holds it.
 */
export async function watchCertificates(): Promise<CertificateWatch> {
  const { subscribe, unsubscribe } = await import("node:diagnostics_channel");
  const seen = new Map<string, Certificate>();
  const channel = "undici:client:connected";
  const listener = (message: unknown) => {
    const [origin, certificate] = [toOrigin(message), toCertificate(message)];
    if (origin !== null && certificate !== null) seen.set(origin, certificate);
  };
  subscribe(channel, listener);
  return {
    of: (url) => seen.get(url.origin) ?? null,
    close: () => void unsubscribe(channel, listener),
  };
}

function toOrigin(message: unknown): string | null {
  const { protocol, host } = fieldsOf(fieldsOf(message)["connectParams"]);
  const text = `${String(protocol)}//${String(host)}`;
  return URL.canParse(text) ? new URL(text).origin : null;
}

function toCertificate(message: unknown): Certificate | null {
  const { socket } = fieldsOf(message);
  if (!(socket instanceof TLSSocket)) return null;
  const certificate = socket.getPeerCertificate();
  const validTo = Date.parse(certificate.valid_to);
  if (Number.isNaN(validTo)) return null;
  const { O: organization, CN: name } = certificate.issuer;
  return { validTo, issuer: [organization ?? name ?? "an unnamed authority"].flat().join(", ") };
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
