/**
 * Gathers the events of the replay until a batch takes them along: as text, the
 * style sheets they define kept in mind until the log has them.
 */
import { json } from "../json";
import { clock } from "../observe/context";
import type { Core, Host } from "../recorder/contract";

/** What a replay's characters count of a batch: compressed they are fewer. Also as they are, a batch fits into a beacon. */
const WEIGHT = 0.4;
/** How often a recording begins anew after a loss, until its document is given up. */
const MAX_LOSSES = 2;
/** Style sheets remembered in a session; one that is forgotten is only sent again. */
const MAX_SHEETS = 500;

export interface Replay {
  /** What the core lacks to be the recorder's host. */
  host: Pick<Host, "hand" | "hasSheet" | "gap">;
  /** Forgets what was not taken. */
  stop(): void;
}

/** One for each run of the recorder. */
export function createReplay(core: Core): Replay {
  const { session } = core;
  const known = new Set(session.kept().c);
  /** The events, but for what closes their list. */
  let events = "";
  /** Time of the last of them. */
  let last = 0;
  /** Style sheets that these events define. */
  let sheets: string[] = [];
  /** Characters that count once a Meta event has its snapshot: they travel in one section, where a heatmap finds both. */
  let apart = 0;
  let over = false;

  core.replay = () => {
    const text = events && `${events}]`;
    const { who } = session;
    let defined = sheets;
    events = "";
    sheets = [];
    const settled = (taken: boolean): void => {
      if (who !== session.who || !text) return;
      if (taken) {
        if (defined.length) session.keep({ c: [...(session.kept().c ?? []), ...defined].slice(-MAX_SHEETS) });
        return;
      }
      defined = [];
      core.silence();
      core.losses = (core.losses ?? 0) + 1;
      if (core.losses <= MAX_LOSSES) core.resume();
    };
    return [text, settled];
  };

  return {
    host: {
      gap: (reason, from) => core.signal("gap", { reason, to: clock() }, from),
      hand(event) {
        const { type, data, timestamp } = event;
        // Nobody is there any more: the session is over, and a new one begins with the next action.
        if (session.expired()) core.silence();
        if (over) return;
        const text = json(type === 3 ? data : event);
        const weight = text.length * WEIGHT;
        if (events && !apart) core.room(weight);
        // Too much waits already.
        if (over as boolean) return;
        events += (events ? "," : "[") + (type === 3 ? `[${timestamp - (events ? last : 0)},${text.slice(1)}` : text);
        last = timestamp;
        if (type === 5) {
          const { id } = (data as { payload: { id: string } }).payload;
          sheets.push(id);
          known.add(id);
        }
        // After a Meta event (4) comes its snapshot (2); definitions of style sheets may stand between.
        apart += weight;
        if (type === 4 || (apart > weight && type !== 2)) return;
        core.grow(apart);
        apart = 0;
      },
      hasSheet: (id) => known.has(id),
    },
    stop() {
      over = true;
      events = "";
      core.replay = undefined;
    },
  };
}
