/** How the suite's lines are told from everything else that an extension host logs. Both ends of that pipe import it. */
export const suiteLinePrefix = '[suite] ';
