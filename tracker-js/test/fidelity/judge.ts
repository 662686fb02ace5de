/** Records a page, replays it in every way, and says where the replays differ from the page as it was. */
import type { RecorderName } from "./browser/recorders";
import { compare, type Difference } from "./compare";
import type { FidelityPage } from "./define";
import type { Scene, Stage, Take } from "./stage";

/** How the Replayer makes changes: gathered in a virtual document as on a jump, or one by one as while it plays. */
export type Mode = "jump" | "play";

export interface Found extends Difference {
  page: string;
  /** Third of the interaction after which it was seen. */
  moment: number;
  mode: Mode;
}

const THIRDS = [0, 1, 2];
type Acts = Scene["acts"];

/** The visitor's steps in three acts. */
export function scripted(page: FidelityPage): Acts {
  const third = Math.ceil(page.steps.length / THIRDS.length);
  return THIRDS.map((i) => async (p) => {
    for (const step of page.steps.slice(i * third, (i + 1) * third)) await step(p);
  });
}

/** Random changes in three acts; on every other seed the recorder is slow, on the others rules change anywhere. */
export function random(page: FidelityPage, seed: number, changes: number): Scene {
  const each = Math.ceil(changes / THIRDS.length);
  const slow = seed % 2 > 0;
  return {
    page,
    slow,
    rulesAnywhere: !slow,
    label: `${page.name} with seed ${seed}`,
    acts: THIRDS.map((i) => (p) => p.evaluate(`chaos.run(${seed * THIRDS.length + i}, ${each}, ${!slow})`)),
  };
}

/** What style sheets decide. */
const STYLED = /^(rules|width|height|scroll|css:.*)$/;

export async function judge(stage: Stage, { page, rulesAnywhere }: Pick<Scene, "page" | "rulesAnywhere">, take: Take): Promise<Found[]> {
  const found: Found[] = [];
  for (const mode of ["jump", "play"] as const) {
    const seen = await stage.replay(take, mode === "jump");
    take.moments.forEach(({ live }, moment) => {
      const replayed = seen[moment];
      if (!replayed) throw new Error(`${page.name}: no replay at moment ${moment}`);
      // On a jump the Replayer puts elements in anew when it orders their siblings, and with them a `<style>`, which
      // then has the rules of its text again.
      const blind = mode === "jump" && rulesAnywhere;
      for (const d of compare(live, replayed)) if (!blind || !STYLED.test(d.kind)) found.push({ page: page.name, moment, mode, ...d });
    });
  }
  return found;
}

/** Plays the scenes one after the other; while one is replayed the next is being recorded. */
export async function* perform(stage: Stage, recorder: RecorderName, scenes: Scene[]): AsyncGenerator<{ scene: Scene; take: Take; found: Found[] }> {
  let before: { scene: Scene; take: Take; found: Promise<Found[]> } | undefined;
  for (const scene of scenes) {
    const failed = (error: unknown): never => {
      throw new Error(scene.label, { cause: error });
    };
    const take = await stage.record(scene, recorder).catch(failed);
    if (before) yield { ...before, found: await before.found };
    const found = judge(stage, scene, take).catch(failed);
    // It is waited for later; until then its failure is nobody's.
    found.catch(() => undefined);
    before = { scene, take, found };
  }
  if (before) yield { ...before, found: await before.found };
}

/** What is a cause rather than its consequence comes first: structure, then texts and attributes, then how it looks. */
const weight = ({ kind }: Found): number => (kind === "inner" ? 0 : /^(width|height)$/.test(kind) ? 3 : kind.startsWith("css:") ? 2 : 1);

/** A few of many of each page, one on each line. */
export function list(found: Found[], most = 8): string {
  return [...new Set(found.map((f) => f.page))]
    .flatMap((page) => {
      const all = found.filter((f) => f.page === page).sort((a, b) => a.moment - b.moment || weight(a) - weight(b));
      const lines = all.slice(0, most).map((f) => `${f.page} ${f.moment} ${f.mode} ${f.path} ${f.kind}: page ${f.live.slice(0, 120)} | replay ${f.replayed.slice(0, 120)}`);
      return [...lines, ...(all.length > most ? [`and ${all.length - most} more on ${page}`] : [])];
    })
    .join("\n");
}
