/**
 * Brings VS Code's server while something else runs: installing takes a minute, and mostly waits. Silent until someone
 * waits for it.
 */

import {
  editorPackageTools,
  installEditorPackage,
  isEditorPackageInstalled,
} from '../../test/host/editorPackage.ts';
import { skipUnless } from '../../test/support/tools.ts';
import { showProgress } from './progress.js';

export class EditorInstallation {
  #installing: Promise<void> | undefined;
  #onProgress = (_detail: string): void => {};

  /** Starts to install, and returns `true`, unless it is installed or can't be. */
  start(): boolean {
    if (this.#installing || isEditorPackageInstalled() || this.whyImpossible() !== undefined) return false;
    this.#installing = installEditorPackage((detail) => this.#onProgress(detail));
    // Whoever waits hears of a failure.
    this.#installing.catch(() => {});
    return true;
  }

  /** Why this machine can't have it, in words for a person, or `undefined`. */
  whyImpossible(): string | undefined {
    if (isEditorPackageInstalled()) return undefined;
    return skipUnless(...editorPackageTools) || undefined;
  }

  /** Shows the progress until it is installed. Rejects with what npm said. */
  async wait(): Promise<void> {
    if (isEditorPackageInstalled()) return;
    this.start();
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
