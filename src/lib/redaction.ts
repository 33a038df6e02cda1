export interface SecretRegistry {
  /** From now on this value is hidden. Values of fewer than six characters are not: they would hide ordinary words. */
  add: (secret: string) => void;
  /** The text with every known secret, in every form that is recognised, as `***`. */
  redact: (text: string) => string;
}

const minLength = 6;

/**
 * Knows the live secrets of the process and hides them in text that leaves it. Recognised are the value itself and its
 * percent-encoded, JSON-escaped, base64 and base64url forms; the last two also inside a longer text (`user:secret`).
 */
export function createSecretRegistry(): SecretRegistry {
  const forms = new Set<string>();
  let pattern: RegExp | null = null;

  return {
    add(secret) {
      if (secret.length < minLength) return;
      const before = forms.size;
      for (const form of toForms(secret)) forms.add(form);
      if (forms.size !== before) pattern = null;
    },
    redact(text) {
      if (forms.size === 0) return text;
      pattern ??= toPattern(forms);
      return text.replace(pattern, "***");
    },
  };
}

/** As regular expression sources. */
function toForms(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const percent = toPercentEncoded(secret);
  const lowerPercent = percent.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  const plain = [secret, json, JSON.stringify(json).slice(1, -1), percent, lowerPercent];
  return [...plain.map(escapePattern), ...[0, 1, 2].flatMap((offset) => toBase64Forms(secret, offset))];
}

/**
 * Base64 turns three bytes into four characters, so that the same secret has three looks, by how many bytes stand before
 * it. The characters that the secret alone decides are matched, and the one at the end that it shares with what follows.
 */
function toBase64Forms(secret: string, offset: number): string[] {
  const bytes = Buffer.from(secret, "utf8");
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
  const start = Math.ceil((offset * 8) / 6);
  const end = Math.floor(((offset + bytes.length) * 8) / 6);
  const core = encoded.slice(start, end);
  const urlCore = core.replaceAll("+", "-").replaceAll("/", "_");
  return [core, urlCore].map((form) => `${escapePattern(form)}[A-Za-z0-9+/_-]?={0,2}`);
}

/** The longest first, so that a form that begins another does not leave the other's rest. */
function toPattern(forms: Set<string>): RegExp {
  const sorted = [...forms].sort((a, b) => b.length - a.length);
  return new RegExp(sorted.join("|"), "g");
}

function toPercentEncoded(secret: string): string {
  try {
    return encodeURIComponent(secret);
  } catch {
    // Half a surrogate pair cannot be encoded, so it cannot appear encoded.
    return secret;
  }
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
