// The end of the program, also while one of its threads waits in the operating system for a disk that does not answer.

let isThreadBlocked = false

/** Notes that a thread can't be ended: it waits in the operating system. */
export function noteBlockedThread(): void {
  isThreadBlocked = true
}

/**
 * Ends the program with `process.exitCode`. Node waits for each thread, and one that is blocked would keep it until the disk
 * answers: then the program ends itself by SIGKILL, which a shell tells as 137.
 */
export function endProcess(): void {
  if (isThreadBlocked) {
    process.stderr.write('pgdeck: the disk of the recordings does not answer; pgdeck ends without waiting for it\n')
    process.kill(process.pid, 'SIGKILL')
  }
  process.exit()
}
