/** What the core lends to its tools and to the prompt. */
import type { Config } from "./config";
import type { Consent } from "./consent";
import type { Protection } from "./privacy/protect";

/** What the core knows. */
export interface Host {
  config: Config;
  protection: Protection;
  consent: Consent;
  verbs: Record<string, (...args: unknown[]) => void>;
  /** Takes the prompt away. */
  close?: () => void;
}
