/** JSON as the language means it. */

type Change = (key: string, value: unknown) => unknown;

/**
 * Old libraries put a `toJSON` on built-in prototypes, which would bend whatever is written: there the values are taken
 * from where they stand. `change` may give another value for each.
 */
export function json(value: unknown, change?: Change): string {
  return JSON.stringify(
    value,
    "toJSON" in []
      ? function (this: Record<string, unknown>, key) {
          return change ? change(key, this[key]) : this[key];
        }
      : change,
  );
}
