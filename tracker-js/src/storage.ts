/**
 * The browser's storages where they are allowed; where they are blocked every
 * call quietly does nothing, and nothing is remembered.
 */

import { json } from "./json";

export type Place = "localStorage" | "sessionStorage";

export function read<T>(place: Place, key: string): Partial<T> | undefined {
  try {
    const value: unknown = JSON.parse(window[place].getItem(key) as string);
    return value && typeof value === "object" ? (value as Partial<T>) : undefined;
  } catch {
    return undefined;
  }
}

/** Tells whether the value was kept; no value takes the key away. */
export function write(place: Place, key: string, value?: unknown): boolean {
  try {
    if (value === undefined) window[place].removeItem(key);
    else window[place].setItem(key, json(value));
    return true;
  } catch {
    return false;
  }
}
