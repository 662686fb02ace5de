/** JSON as the language means it. */

/** Old libraries put a `toJSON` on built-in prototypes, which would bend whatever is written: it steps aside meanwhile. */
export function json(value: unknown, replacer?: (key: string, value: unknown) => unknown): string {
  // Those of strings and numbers are never asked.
  const bent = [Array.prototype, Object.prototype].map((owner) => [owner, Object.getOwnPropertyDescriptor(owner, "toJSON")] as const);
  try {
    for (const [owner] of bent) Reflect.deleteProperty(owner, "toJSON");
    return JSON.stringify(value, replacer);
  } finally {
    for (const [owner, was] of bent) if (was?.configurable) Object.defineProperty(owner, "toJSON", was);
  }
}
