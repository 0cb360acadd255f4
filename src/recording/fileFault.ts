/** What the file system's errors mean to a person who writes or reads a file. */

/**
 * `noSpace`: the disk, or this user's share of it, is full. `folderMissing`: where a file was to be made.
 * `fileMissing`: one that was to be read. `exists`: nothing is written over. `message` is a whole sentence, and what to
 * do.
 */
export interface FileFault {
  kind: 'noSpace' | 'notPermitted' | 'folderMissing' | 'fileMissing' | 'exists' | 'failed';
  message: string;
}

/** @throws the error itself if it is none of the file system's: a bug. */
export function writeFaultOf(error: unknown, file: string): FileFault {
  const { code, message } = fileSystemError(error);
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return {
        kind: 'noSpace',
        message: `There is no room on the disk for ${file}. Make some, or use another disk.`,
      };
    case 'EACCES':
    case 'EPERM':
      return {
        kind: 'notPermitted',
        message: `This user may not write ${file}, or another program has it open. Use another folder, or close it there.`,
      };
    case 'EROFS':
      return { kind: 'notPermitted', message: `The disk of ${file} can't be written. Use another.` };
    case 'ENOENT':
    case 'ENOTDIR':
      return {
        kind: 'folderMissing',
        message: `${file} can't be made: its folder is not there. Make it, or use another.`,
      };
    case 'EEXIST':
      return {
        kind: 'exists',
        message: `${file} is there already, and nothing is written over it. Use another name.`,
      };
    case 'EFBIG':
      return {
        kind: 'failed',
        message: `${file} is as large as a file can be on this disk. Use a smaller maximum size of a file.`,
      };
    default:
      return { kind: 'failed', message: `${file} can't be written: ${message}. Try another folder.` };
  }
}

/** @throws the error itself if it is none of the file system's: a bug. */
export function readFaultOf(error: unknown, file: string): FileFault {
  const { code, message } = fileSystemError(error);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { kind: 'fileMissing', message: `${file} is not there. Was it moved or deleted?` };
    case 'EACCES':
    case 'EPERM':
      return { kind: 'notPermitted', message: `This user may not read ${file}. Change its permissions.` };
    case 'EISDIR':
      return { kind: 'failed', message: `${file} is a folder. Choose a file in it.` };
    default:
      return {
        kind: 'failed',
        message: `${file} can't be read: ${message}. Try a copy of it on another disk.`,
      };
  }
}

/** Node's own have a code and the system call that failed. */
function fileSystemError(error: unknown): { code: string; message: string } {
  if (error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string')
    return { code: error.code, message: error.message };
  throw error;
}
