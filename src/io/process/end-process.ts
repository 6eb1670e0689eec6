// The end of the program, also while one of its threads waits in the operating system for a disk that does not answer.

let blockedThreads = 0

/**
 * Notes a thread that is being ended, and may wait in the operating system. Call what is returned once it has ended: until then
 * the program does not wait for it.
 */
export function noteEndingThread(): () => void {
  blockedThreads += 1
  return () => {
    blockedThreads -= 1
  }
}

/**
 * Ends the program with `process.exitCode`. Node waits for each thread, and one that is blocked would keep it until the disk
 * answers: then the program ends itself by SIGKILL, which a shell tells as 137.
 */
export function endProcess(): void {
  if (blockedThreads > 0) {
    process.stderr.write('pgdeck: the disk of the recordings does not answer; pgdeck ends without waiting for it\n')
    process.kill(process.pid, 'SIGKILL')
  }
  process.exit()
}
