import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";
import { fileName } from "./tools/lint/file-name.ts";
import { importLaw } from "./tools/lint/import-law.ts";

const house = { rules: { "file-name": fileName, "import-law": importLaw } };

const entryPoints = ["impl/{cache,polyfill,ponyfill,testing,node,transformers}.ts"];

export default defineConfig(
  { ignores: ["node_modules/", "build/", "dist/", "models/", ".tools/", "coverage/", "impl/generated/"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },

  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // What others import says its types in full, and never `any`.
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "separate-type-imports" }],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],

      // The compiler cannot follow these as well as a reader can.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unnecessary-condition": "off",
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
    },
  },
  {
    // mocha's describe and it return what nobody waits for.
    files: ["**/*.test.ts"],
    rules: { "@typescript-eslint/no-floating-promises": "off" },
  },

  {
    plugins: { house },
    rules: {
      "house/import-law": "error",
      "house/file-name": "error",
      eqeqeq: "error",
      "no-restricted-syntax": [
        "error",
        { selector: "ExportDefaultDeclaration", message: "Export by name: a name is the same everywhere." },
        { selector: "ExportAllDeclaration", message: "No barrels: import from the file that has it." },
        {
          selector: "ExportNamedDeclaration[source]",
          message: "No barrels: import from the file that has it.",
        },
        {
          selector: "TSEnumDeclaration",
          message: "Node runs the sources as they are: use a union of strings.",
        },
      ],
    },
  },
  { files: entryPoints, rules: { "no-restricted-syntax": "off" } },
  {
    files: ["eslint.config.js", ".*.cjs"],
    rules: { "no-restricted-syntax": "off", "house/file-name": "off" },
  },

  {
    files: ["tools/**/*.mjs", "apps/cli/**/*.mjs"],
    languageOptions: { globals: { console: "readonly", process: "readonly", URL: "readonly" } },
  },
  {
    files: ["tools/reading-room/room.js"],
    languageOptions: { sourceType: "script", globals: { document: "readonly" } },
  },
  {
    // The web-platform-tests, and what the runner serves beside them, are scripts with testharness.js's globals; upstream's own lint judges them.
    files: ["wpt/**/*.js"],
    languageOptions: { sourceType: "script" },
    rules: { "no-undef": "off", "no-unused-vars": "off", "house/file-name": "off" },
  },
);
