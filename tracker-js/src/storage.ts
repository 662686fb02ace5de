/**
 * The browser's storages where they are allowed; where they are blocked every
 * call quietly does nothing, and nothing is remembered.
 */

import { json } from "./json";

export type Place = "localStorage" | "sessionStorage";

export function read<T>(place: Place, key: string): Partial<T> | undefined {
  try {
    // What is no object has none of the members that are asked for.
    return (JSON.parse(window[place][key] as string) ?? undefined) as Partial<T> | undefined;
  } catch {}
  return;
}

/** Tells whether the value was kept; no value takes the key away. */
export function write(place: Place, key: string, value?: object): boolean {
  try {
    if (value) window[place][key] = json(value);
    else delete window[place][key];
    return true;
  } catch {}
  return false;
}
