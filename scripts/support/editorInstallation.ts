/**
 * Brings VS Code's server while something else runs: installing takes a minute, and mostly waits. Silent until someone
 * waits for it.
 */

import { setImmediate } from 'node:timers/promises';
import {
  editorPackageTools,
  installEditorPackage,
  isEditorPackageInstalled,
} from '../../test/host/editorPackage.ts';
import { skipUnless } from '../../test/support/tools.ts';
import { showProgress } from './progress.js';

export class EditorInstallation {
  #installing: Promise<void> | undefined;
  #isDone = false;
  #onProgress = (_detail: string): void => {};

  /** Starts to install, unless it is installed or can't be. Nothing is lost by not waiting. */
  start(): void {
    if (this.#installing || this.whyImpossible() !== undefined) return;
    this.#installing = installEditorPackage((detail) => this.#onProgress(detail)).finally(() => {
      this.#isDone = true;
    });
    // Whoever waits hears of a failure.
    this.#installing.catch(() => {});
  }

  /** Why this machine can't have it, in words for a person, or `undefined`. */
  whyImpossible(): string | undefined {
    if (isEditorPackageInstalled()) return undefined;
    return skipUnless(...editorPackageTools) || undefined;
  }

  /** Shows the progress until it is installed. Rejects with what npm said. */
  async wait(): Promise<void> {
    this.start();
    // Installed packages are found at once.
    await setImmediate();
    if (this.#isDone) return this.#installing;
    const progress = showProgress("Installing VS Code's server (code-server from npm, 600 MB)");
    this.#onProgress = progress.update;
    try {
      await this.#installing;
      progress.done();
    } catch (error) {
      progress.done('failed');
      throw error;
    }
  }
}
