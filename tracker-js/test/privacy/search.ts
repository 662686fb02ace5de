/** Looks for a secret in everything that was sent, in every form in which it might have travelled. */
import type { Arrival } from "../support/collector";

/** The characters of base64 that a text makes wherever it stands in a longer one. */
function base64(text: string): string[] {
  return [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]);
    return bytes.toString("base64").slice([0, 2, 3][before], Math.floor((bytes.length * 8) / 6));
  });
}

/** Every form that is looked for. Pieces too: a secret that is cut is a secret. */
export function forms(secret: string): string[] {
  const middle = Math.floor(secret.length / 2);
  const pieces = [secret.slice(0, 4), secret.slice(0, 8), secret.slice(-4), secret.slice(middle - 2, middle + 2)];
  const whole = [secret, ...pieces.filter((p) => p.length > 3)];
  const written = whole.flatMap((s) => [
    s, encodeURIComponent(s), encodeURI(s), JSON.stringify(s).slice(1, -1), cssEscape(s), s.replace(/"/g, "&quot;").replace(/</g, "&lt;"),
    s.replace(/[^\w\u0080-\uffff-]/g, "\\$&"),
  ]);
  const turned = [[...secret].reverse().join(""), secret.toLowerCase(), secret.toUpperCase(), secret.replace(/\s/g, ""), ...base64(secret), Buffer.from(secret).toString("hex")];
  return [...new Set([...written, ...turned])];
}

function cssEscape(text: string): string {
  return text.replace(/["'\\]/g, "\\$&");
}

/** Every string in what was sent, names of members too. */
function strings(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (!value || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([k, v]) => [k, ...strings(v)]);
}

export interface Haystack {
  /** Each text by itself, and all of them as they were written down, inflated. */
  texts: string;
  /** As it was sent. A few bytes may stand there by chance. */
  raw: string;
}

/** Numbers that tell when, and random ids: four digits of a secret may stand in them by chance. */
const BY_CHANCE = /^(session|document|tab|visitor|sent_at|origin|offset|t|of|timestamp|timeOffset)$/;
const FEW = /^\d{1,4}$/;

export function haystack(arrivals: Arrival[], sent: Buffer[]): Haystack {
  const known = (key: string, value: unknown): unknown => (BY_CHANCE.test(key) && (typeof value === "number" || /^[\da-f]{16,32}$/.test(String(value))) ? undefined : value);
  const frames: unknown = JSON.parse(JSON.stringify(arrivals.map((a) => a.frame), known));
  const raw = Buffer.concat(sent);
  return {
    // Also without what nobody sees between its letters.
    texts: [...strings(frames).flatMap((text) => [text, text.replace(/\p{DI}/gu, "")]), JSON.stringify(frames)].join("\n"),
    raw: [raw.toString("latin1"), raw.toString("utf8"), raw.toString("utf16le")].join("\n"),
  };
}

/** The forms found, each with what stands around it. */
export function found({ texts, raw }: Haystack, secret: string): string[] {
  return forms(secret).flatMap((form) => {
    const all = form.length > 3 && !FEW.test(form) ? texts + raw : texts;
    const at = all.indexOf(form);
    return at < 0 ? [] : [`${form} in …${all.slice(Math.max(0, at - 160), at + 60)}…`];
  });
}
