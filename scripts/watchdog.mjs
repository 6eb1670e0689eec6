// Loaded into every test process: ends it when it lives too long, e.g. because a failed test left a server or timer behind.
// The timer itself keeps nothing alive.

const LIMIT_MS = Number(process.env.PGDECK_TEST_FILE_LIMIT_MS ?? 150_000)

setTimeout(() => {
  const held = process.getActiveResourcesInfo().join(', ')
  process.stderr.write(
    `still running after ${LIMIT_MS / 1000} s: ended by scripts/watchdog.mjs; what kept it: ${held}\n`,
  )
  process.exit(1)
}, LIMIT_MS).unref()
