/** What counts when texts are compared with secrets: pages cut codes into groups, also by what nobody sees, and put them together again. */
export function bare(text: unknown): string {
  const rest = typeof text === "string" ? text.replace(/[\s\p{DI}-]+/gu, "") : "";
  // A single capital that was typed must not hide every small letter of the page.
  return rest.length > 3 ? rest.toLowerCase() : rest;
}
