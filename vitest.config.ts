import { defineConfig } from 'vitest/config';

const common = { pool: 'forks', testTimeout: 30_000 } as const;

export default defineConfig({
  test: {
    // The live tests compare durations with a ping log: they come last, one file at a time.
    projects: [
      {
        test: {
          ...common,
          name: 'still',
          include: ['test/**/*.test.ts'],
          exclude: ['test/live/**', '**/node_modules/**'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...common,
          name: 'live',
          include: ['test/live/**/*.test.ts'],
          maxWorkers: 1,
          setupFiles: ['test/live/stall-watch.ts'],
          // Only where the machine itself was not there, which stall-watch.ts says as a last error.
          retry: { count: 2, condition: /^the machine stood still for \d+ ms and lost \d+ %/ },
          sequence: { groupOrder: 1 },
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'json-summary'],
    },
  },
});
