/** What counts when texts are compared with secrets: pages cut codes into groups, and put them together again. */
export function bare(text: unknown): string {
  return typeof text === "string" ? text.replace(/[\s-]+/g, "").toLowerCase() : "";
}
