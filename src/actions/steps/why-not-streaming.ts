// What a plan knew before that may be why a standby does not stream from its new upstream.

/** Checks that did not pass, and kinds of steps that were skipped. */
export const WHY_NOT_STREAMING: readonly string[] = [
  'hba-reverse',
  'add-hba-lines',
  'walsenders-and-slots',
  'followers-timeline',
  'config-files',
]
