/** The sizes of what is shipped. Needs what `node scripts/package.ts` writes. */
import { globSync, statSync } from 'node:fs';
import { inRepository, vsixPath } from '../test/support/repository.ts';
import type { FeltFigure } from './report/felt.ts';

const BUDGETS: Readonly<Record<string, number>> = { 'dist/extension.js': 300 };
const VSIX_BUDGET = 3;

export function measureSizes(): FeltFigure[] {
  const bundles = globSync('dist/**/*.js', { cwd: inRepository() }).sort();
  return [
    ...bundles.map((name): FeltFigure => {
      const budget = BUDGETS[name];
      const value = statSync(inRepository(name)).size / 1000;
      return { name, value, unit: 'kB', ...(budget !== undefined && { budget }) };
    }),
    { name: 'the .vsix', value: statSync(vsixPath).size / 1e6, unit: 'MB', budget: VSIX_BUDGET },
  ];
}
