import js from '@eslint/js'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import ts from 'typescript-eslint'

export default ts.config(
  { ignores: ['dist/', 'node_modules/', 'src/lib/schema.gen.ts', 'test/out/'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser } },
  },
  {
    rules: {
      'no-undef': 'off', // the type checker does this
      'no-eval': 'error',
      'no-implied-eval': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off', // indexed access is checked by the compiler; pixels need it
      'svelte/no-at-html-tags': 'error',
      'svelte/no-navigation-without-resolve': 'off', // about SvelteKit's router, which is not used
      'max-lines': ['error', { max: 230 }],
    },
  },
)
