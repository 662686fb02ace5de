/** Tells of the visitor's consent: of an answer just given, and in a fresh session of what the browser remembers. */
import { digest, hex } from "../bytes";
import { type Choice, GRANTED, IMPLIED } from "../consent";
import { json } from "../json";
import { clock, type Context } from "../observe/context";

export function tellConsent(ctx: Context): void {
  const { consent, session, emit } = ctx;
  /** The document that has told. */
  let told: unknown;
  const tell = (): void => {
    const fresh = told !== session.who && session.fresh;
    const { given } = consent;
    told = session.who;
    consent.given = false;
    const state = consent.state();
    if (!given && !fresh) return;
    const { n, t, u, w } = consent.choice as Choice;
    if (state === IMPLIED) emit("consent", { state: "implied", version: ctx.wording });
    if (state !== GRANTED) return;
    const now = clock();
    const say = (key: string): void =>
      emit("consent", { state: "granted", version: w, key, at: t, url: u, held: given ? undefined : 1 }, now);
    if (!digest(json(consent.choice), (sum) => say(hex(sum)))) say(n);
  };
  tell();
  // At once: who erases in the next moment has given consent all the same.
  consent.tell = tell;
  ctx.undo.push(() => delete consent.tell);
  ctx.collect.push(tell);
}
