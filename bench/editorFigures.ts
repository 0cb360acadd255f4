/** bench/editor.ts as a part of `npm run bench`: in a process of its own, where this machine can show a VS Code. */
import { spawn } from 'node:child_process';
import { EditorInstallation } from '../scripts/support/editorInstallation.ts';
import { inRepository } from '../test/support/repository.ts';
import { skipUnless } from '../test/support/tools.ts';
import type { FeltFigure } from './report/felt.ts';

/** Why this machine can't, in words for a person, or `undefined`. */
export function whyNoEditor(): string | undefined {
  return skipUnless('chromium') || new EditorInstallation().whyImpossible();
}

/** Rejects with what it said when it broke off. */
export async function measureEditor(): Promise<FeltFigure[]> {
  await new EditorInstallation().wait();
  const child = spawn(process.execPath, [inRepository('bench/editor.ts'), '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const endWithUs = (): void => void child.kill();
  process.once('exit', endWithUs);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  process.off('exit', endWithUs);
  if (exitCode !== 0) throw new Error(`bench/editor.ts ended with ${exitCode}`);
  const { figures }: { figures: FeltFigure[] } = JSON.parse(output.trim().split('\n').at(-1) ?? ''); // as it promises
  return figures;
}
