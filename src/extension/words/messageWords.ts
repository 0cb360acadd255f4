/** Why a message can't be read, or its payload not written, in words. */
import { l10n } from 'vscode';
import { messageOf } from '../../base/messageOf.ts';
import type { Unreadable } from '../editors/messageReader.ts';
import { formatBytes } from './formats.ts';

export function explainUnreadable(reason: Unreadable): string {
  switch (reason.kind) {
    case 'notHeld':
      return l10n.t('This message is no longer held: newer ones took its place.');
    case 'engineStopped':
      return l10n.t('This message is gone: the MQTT engine that held it has ended.');
    case 'onlyStartKept':
      return l10n.t(
        'Only the first {0} of {1} were kept: the message is larger than the memory for history (setting {2}).',
        formatBytes(reason.message.payload.length),
        formatBytes(reason.message.payloadBytes),
        'mqttWorkbench.history.megabytes',
      );
  }
}

/** @param cause an error of the system, with its code (`ENOSPC`), or of VS Code, with its own (`NoPermissions`). */
export function explainWriteFailure(name: string, cause: unknown): string {
  const message = messageOf(cause);
  switch (cause instanceof Error && 'code' in cause ? cause.code : undefined) {
    case 'ENOSPC':
    case 'EDQUOT':
      return l10n.t('{0} was not saved: there is no room left on the disk. Save it elsewhere.', name);
    case 'EACCES':
    case 'EPERM':
    case 'NoPermissions':
      return l10n.t('{0} was not saved: you may not write there. Save it elsewhere.', name);
    case 'EROFS':
      return l10n.t('{0} was not saved: what is there can only be read. Save it elsewhere.', name);
    case 'ENOENT':
    case 'ENOTDIR':
    case 'FileNotFound':
      return l10n.t('{0} was not saved: its folder is not there any more. Save it elsewhere.', name);
    case 'EISDIR':
    case 'FileIsADirectory':
      return l10n.t('{0} was not saved: there is a folder of this name. Choose another name.', name);
    case 'EBUSY':
      return l10n.t(
        '{0} was not saved: another program uses the file. Close it there, and save again.',
        name,
      );
    case 'ENAMETOOLONG':
      return l10n.t('{0} was not saved: the name is too long. Choose a shorter one.', name);
    default:
      return l10n.t('{0} was not saved: {1}', name, message);
  }
}
