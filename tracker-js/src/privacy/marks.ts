/** Marks of the page's makers that the recorder and the signals both heed. */

/** Regions that are not recorded at all: a box of their size stands for them. */
export const BLOCKED =
  "[data-hindsight-block],.rr-block,.ph-no-capture,.sentry-block,.highlight-block,.fs-exclude," +
  "[data-openreplay-hidden],[data-dd-privacy=hidden]";
