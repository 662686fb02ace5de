/** JSON as the language means it. */

interface Bent {
  toJSON?: unknown;
}

const PROTOTYPES: Bent[] = [Object, Array, String, Number, Boolean].map((c) => c.prototype as Bent);

/** Old libraries put a `toJSON` on built-in prototypes, which would bend whatever is written: it steps aside meanwhile. */
export function json(value: unknown, replacer?: (key: string, value: unknown) => unknown): string {
  const bent = PROTOTYPES.filter((p) => Object.hasOwn(p, "toJSON")).map((p) => {
    const was = p.toJSON;
    delete p.toJSON;
    return () => (p.toJSON = was);
  });
  try {
    return JSON.stringify(value, replacer);
  } finally {
    for (const putBack of bent) putBack();
  }
}
