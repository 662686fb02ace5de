/** Tells of the visitor's consent, once in a session for each answer: of one just given, or of what the browser remembers. */
import { digest, hex } from "../bytes";
import { leniency } from "../config";
import { type Choice, GRANTED, IMPLIED } from "../consent";
import { json } from "../json";
import { clock, type Context } from "../observe/context";

/** A session that an answer begins is as old as that, but for so long, ms. */
const SAME = 50;
/** Of an answer older than this no proof is kept any more, ms. */
const LATE = 6e5;

export function tellConsent(ctx: Context): void {
  const { consent, session, emit } = ctx;
  const tell = (): void => {
    const state = consent.state();
    const { n, t, u, w } = consent.choice as Choice;
    const { b, p } = session.kept();
    // A text also of what somebody has put there without a number: it is told, too.
    const told = `${state === GRANTED ? n : state}`;
    if (told === p || (state !== GRANTED && state !== IMPLIED)) return;
    session.keep({ p: told });
    if (state === IMPLIED) return emit("consent", { state: "implied", version: ctx.wording });
    const now = clock();
    // Given here, or on a page that was left before it could tell; or else known from an earlier session, or put there by
    // somebody: without a number, or at a time still to come when what it allows began.
    const since = Math.max(Date.now() - LATE, Math.min(performance.timeOrigin, b - SAME));
    const until = Date.now() + SAME - (leniency(ctx.tag.consent) > 0 ? 0 : performance.now() - ctx.began);
    const held = n && t >= since && t <= until ? undefined : 1;
    const say = (key: string): void =>
      emit("consent", { state: "granted", version: w, key, at: t, url: u, held }, now);
    if (!digest(json(consent.choice), (sum) => say(hex(sum)))) say(told);
  };
  tell();
  // At once: who erases in the next moment has given consent all the same.
  consent.tell = tell;
  ctx.undo.push(() => delete consent.tell);
  ctx.collect.push(tell);
}
