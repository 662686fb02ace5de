/** All pages of the fidelity tests. */
import type { FidelityPage } from "../define";
import { built } from "./built";
import { forms } from "./forms";
import { layout } from "./layout";
import { offsets } from "./offsets";
import { scopes } from "./scopes";

/** New ones at the end: by its place here a page has its seeds. */
export const PAGES: FidelityPage[] = [...layout, ...forms, ...scopes, ...built, ...offsets];
