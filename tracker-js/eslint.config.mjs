import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist/**", "npm/lib/**", "node_modules/**", "*.mjs", "test/*.mjs", "bench/*.mjs", "absent.js"] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "no-console": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/explicit-module-boundary-types": "error",
      // Assertions that the compiler asks for under noUncheckedIndexedAccess.
      "@typescript-eslint/no-unnecessary-type-assertion": "off",
      // rrweb's kinds are compared as the numbers they are on the wire: its enums would be code.
      "@typescript-eslint/no-unsafe-enum-comparison": "off",
      "@typescript-eslint/unbound-method": "off",
      // Whatever the page hands over is turned into text.
      "@typescript-eslint/no-base-to-string": "off",
    },
  },
  {
    // node:test keeps the promises that `test` returns.
    files: ["test/**"],
    rules: { "@typescript-eslint/no-floating-promises": "off", "no-console": "off" },
  },
);
