/** The path of a chosen file as a profile has it: in a workspace's settings from its folder, so that it holds for a team. Pure. */
import path from 'node:path';
import type { ConnectionProfile, ProfileSurroundings } from './profiles.ts';

/** @param file absolute. */
export function settingsPath(
  file: string,
  scope: ConnectionProfile['scope'],
  { folder, home }: Pick<ProfileSurroundings, 'folder' | 'home'>,
): string {
  const fromFolder = folder === undefined ? undefined : within(file, folder);
  if (scope === 'workspace' && fromFolder !== undefined) return fromFolder;
  const fromHome = within(file, home);
  return fromHome === undefined ? file : `~/${fromHome}`;
}

function within(file: string, folder: string): string | undefined {
  const relative = path.relative(folder, file);
  const isInside = relative !== '' && relative.split(path.sep)[0] !== '..' && !path.isAbsolute(relative);
  return isInside ? relative.split(path.sep).join('/') : undefined;
}
