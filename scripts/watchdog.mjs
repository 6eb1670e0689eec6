// Loaded into every test process: ends it when nothing has happened in it for very long, e.g. because a test waits for what
// never comes, or a failed one left a server or timer behind. What happens is told to the runner on standard output, and each
// wait of a test that came to its end counts too (test/wait.ts): so only silence counts, never how long the file takes. The
// timer itself keeps nothing alive. A process that is stuck outside of JavaScript is ended by the runner.

const SILENCE_MS = Number(process.env.PGDECK_TEST_SILENCE_MS ?? 15 * 60_000)
/** So often the runner hears of it while only waits come to their end. */
const TELL_MS = Math.min(60_000, SILENCE_MS / 4)

const timer = setTimeout(() => {
  const held = process.getActiveResourcesInfo().join(', ')
  process.stderr.write(
    `nothing happened for ${SILENCE_MS / 1000} s: ended by scripts/watchdog.mjs; what kept it: ${held}\n`,
  )
  process.exit(1)
}, SILENCE_MS).unref()

let heardAt = performance.now()
const write = process.stdout.write
process.stdout.write = function written(...parts) {
  timer.refresh()
  heardAt = performance.now()
  return write.apply(this, parts)
}
process.on('pgdeck-test-progress', () => {
  timer.refresh()
  if (performance.now() - heardAt > TELL_MS) process.stdout.write('\n')
})

// Node waits at its end for what sockets that were reset may never give back, and takes all of a processor meanwhile: once
// there is nothing to do any more, and everybody else has heard of the end, it just ends.
process.once('beforeExit', () => process.once('exit', (code) => process.reallyExit(process.exitCode ?? code)))
