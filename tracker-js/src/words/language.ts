/** What is a word of the style language, as far as the browser itself can be asked, and else by list. */

/** Of at-rules, conditions, descriptors, functions and values that stand only inside of functions. */
const LISTED =
  " media supports keyframes layer container property import namespace page scope charset font-face counter-style starting-style position-try " +
  "and or not only screen print all important from to in at of even odd " +
  "src unicode-range font-display system symbols suffix prefix negative syntax inherits initial-value " +
  "prefers-color-scheme prefers-reduced-motion prefers-contrast device-width any-hover pointer any-pointer resolution landscape portrait dark light reduce no-preference coarse fine " +
  "url var env attr calc min max clamp minmax repeat fit-content auto-fill auto-fit rgb rgba hsl hsla hwb lab lch oklab oklch color-mix light-dark srgb " +
  "linear-gradient radial-gradient conic-gradient repeating-linear-gradient repeating-radial-gradient repeating-conic-gradient image-set " +
  "circle ellipse polygon path closest-side closest-corner farthest-side farthest-corner " +
  "matrix matrix3d translatex translatey translatez translate3d scalex scaley scalez scale3d rotatex rotatey rotatez rotate3d skew skewx skewy " +
  "blur brightness contrast drop-shadow grayscale hue-rotate invert saturate sepia cubic-bezier steps counter counters local format " +
  "serif sans-serif monospace cursive fantasy system-ui ui-sans-serif ui-serif ui-monospace svg line rect text g " +
  "nth-child nth-last-child nth-of-type nth-last-of-type where has host-context ";

/** Properties that take no name of the page's own: `animation-name` and the like take any word. */
let closed: string[] | undefined;

function isKeyword(word: string): boolean {
  const { supports } = window.CSS;
  closed ??= [...window.getComputedStyle(document.documentElement)].filter((property) => !supports(property, "zq"));
  return closed.some((property) => supports(property, word));
}

/** Whether the word is one of the language, and not a name that the page gave to something. */
export function ofLanguage(name: string): boolean {
  const word = name.toLowerCase().replace("@", "");
  if (LISTED.includes(` ${word} `)) return true;
  if (!/^-?[a-z][a-z\d-]*$/.test(word)) return false;
  const { supports } = window.CSS;
  if (supports(word, "initial") || isKeyword(word)) return true;
  // `-webkit-` with anything behind it is taken for a pseudo-element.
  return (
    word[0] !== "-" &&
    ([":", "::"].some((sign) => ["", "(a)"].some((given) => supports(`selector(${sign}${word}${given})`))) ||
      (!word.includes("-") && !(document.createElement(word) instanceof window.HTMLUnknownElement)))
  );
}
