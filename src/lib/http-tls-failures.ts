import type { HttpErrorDetail } from "./http.js";

export interface TlsExplanation {
  message: string;
  remedy: string | undefined;
  detail: HttpErrorDetail | undefined;
}

const unknownAuthority = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
]);
/** What OpenSSL makes of the first bytes of something that is no TLS. */
const noTls = new Set(["ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_PACKET_LENGTH_TOO_LONG"]);
const tooOld = new Set(["ERR_SSL_UNSUPPORTED_PROTOCOL", "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION"]);

/** Why a handshake failed, by Node's or OpenSSL's code; null when it was something else. */
export function explainTls(code: string, host: string, cause?: unknown): TlsExplanation | null {
  if (unknownAuthority.has(code)) {
    return {
      detail: "unknown_authority",
      message: `The certificate of ${host} is self-signed or signed by an authority that this machine does not know (${code}).`,
      remedy:
        "If that is your own authority, or that of a proxy which reads along, set caFile to its certificate (PEM) in config.yaml.",
    };
  }
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID") {
    const expired = code === "CERT_HAS_EXPIRED";
    return {
      detail: expired ? "expired" : "not_yet_valid",
      message: `The certificate of ${host} ${expired ? "has expired" : "is not valid yet"}, or the clock of this machine is wrong.`,
      remedy: `Look at this machine's clock with \`date\`. If it is right, whoever runs ${host} has to renew the certificate.`,
    };
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID" || code === "UND_ERR_PRX_TLS") {
    return {
      detail: "hostname",
      message: `The certificate of ${host} is for another host name.`,
      remedy: "Use the name that the certificate is for: check the address in config.yaml.",
    };
  }
  return explainProtocol(code, host, cause);
}

function explainProtocol(code: string, host: string, cause: unknown): TlsExplanation | null {
  if (noTls.has(code) || says(cause, /wrong version number|packet length too long/i)) {
    return {
      detail: "protocol",
      message: `${host} does not speak TLS on this port.`,
      remedy:
        "Check the port in the address. A server that speaks plain http needs an address with http:// and allowHttp: true.",
    };
  }
  if (tooOld.has(code) || says(cause, /unsupported protocol|alert protocol version/i)) {
    return {
      detail: "version",
      message: `${host} offers only versions of TLS that are too old to be safe (${code}).`,
      remedy: "The server has to be set to TLS 1.2 or newer.",
    };
  }
  if (!/^(ERR_TLS_|ERR_SSL_|CERT_|EPROTO$|ERR_OSSL)/.test(code)) return null;
  return {
    detail: undefined,
    message: `No secure connection to ${host} could be made (${code}).`,
    remedy: undefined,
  };
}

/** Where the code is EPROTO, only OpenSSL's sentence says which of its errors it was. */
function says(cause: unknown, words: RegExp): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "EPROTO" && words.test(cause.message);
}
