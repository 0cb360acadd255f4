/** A flag or file that the command can't use: it ends with exit code 2 and this one line. */

export interface UsageProblem {
  kind: 'usageProblem';
  /** Which one and why, and what would be right. Without a full stop. */
  message: string;
}

export function usageProblem(message: string): UsageProblem {
  return { kind: 'usageProblem', message };
}
