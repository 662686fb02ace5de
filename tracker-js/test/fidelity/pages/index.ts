/** All pages of the fidelity tests. */
import type { FidelityPage } from "../define";
import { built } from "./built";
import { forms } from "./forms";
import { layout } from "./layout";
import { scopes } from "./scopes";

export const PAGES: FidelityPage[] = [...layout, ...forms, ...scopes, ...built];
