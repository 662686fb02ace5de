/** Marks of the page's makers that the recorder and the signals both heed. */

/** Regions that are not recorded at all: a box of their size stands for them. */
export const BLOCKED =
  "[data-hindsight-block],.rr-block,.ph-no-capture,.sentry-block,.highlight-block,.fs-exclude," +
  "[data-openreplay-hidden],[data-dd-privacy=hidden]";

/** Protected fields, and what they stand in. */
export const SECRET = "data-hindsight-secret";

/** Regions whose texts and fields are masked. */
export const MASKED =
  `[data-hindsight-mask],[${SECRET}],` +
  ".rr-mask,.ph-mask,.sentry-mask,.highlight-mask,.fs-mask," +
  "[data-private],[data-hj-suppress],[data-dd-privacy]:not([data-dd-privacy=allow])," +
  "[data-openreplay-obscured],[data-openreplay-masked]," +
  "[data-clarity-mask]:not([data-clarity-mask=false]),[data-matomo-mask]";
