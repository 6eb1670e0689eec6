// Loaded into every test process: ends it when nothing has happened in it for very long, e.g. because a test waits for what
// never comes, or a failed one left a server or timer behind. What happens is told to the runner on standard output: so
// only silence counts, never how long the file takes. The timer itself keeps nothing alive.

const SILENCE_MS = Number(process.env.PGDECK_TEST_SILENCE_MS ?? 15 * 60_000)

const timer = setTimeout(() => {
  const held = process.getActiveResourcesInfo().join(', ')
  process.stderr.write(
    `nothing happened for ${SILENCE_MS / 1000} s: ended by scripts/watchdog.mjs; what kept it: ${held}\n`,
  )
  process.exit(1)
}, SILENCE_MS).unref()

const write = process.stdout.write
process.stdout.write = function written(...parts) {
  timer.refresh()
  return write.apply(this, parts)
}
