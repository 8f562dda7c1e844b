import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import prettier from 'eslint-config-prettier';
import globals from 'globals';
import jupyterPlugin from '@jupyter/eslint-plugin';
import tseslint from 'typescript-eslint';

export default defineConfig([
  {
    ignores: [
      '.venv*',
      '**/*.d.ts',
      '**/*.js',
      'coverage',
      'dist',
      'jupyter_dask_k8s/labextension',
      'lib',
      'node_modules',
      // Generated from models.py.
      'src/schema.ts'
    ]
  },
  js.configs.recommended,
  tseslint.configs.recommended,
  { plugins: { jupyter: jupyterPlugin } },
  jupyterPlugin.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: {
      globals: { ...globals.browser, ...globals.node }
    },
    rules: {
      '@typescript-eslint/naming-convention': [
        'error',
        {
          selector: 'interface',
          format: ['PascalCase'],
          custom: { regex: '^I[A-Z]', match: true }
        }
      ],
      '@typescript-eslint/no-namespace': 'off',
      // What our plugins import is needed when they start; the form loads on use.
      'jupyter/prefer-lazy-imports': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { args: 'none' }],
      'no-console': ['error', { allow: ['warn', 'error'] }],
      curly: 'error',
      eqeqeq: 'error',
      'prefer-arrow-callback': 'error'
    }
  },
  {
    // Texts in tests are for nobody to read.
    files: ['src/__tests__/**'],
    rules: { 'jupyter/no-untranslated-string': 'off' }
  },
  {
    // The browser tests use Playwright as it is, with a page object of our own: Galata
    // replaces the server's settings and workspaces by mocks, which we want real.
    files: ['ui-tests/**'],
    rules: Object.fromEntries(
      Object.keys(jupyterPlugin.rules ?? {})
        .filter(rule => rule.startsWith('galata-'))
        .map(rule => [`jupyter/${rule}`, 'off'])
    )
  },
  prettier
]);
