// What belongs to the long suite (`npm run test:long`): tests that act on whole clusters, need real managers, or build and
// install the program. Everything else is `npm test`, which has to end within five minutes on two quiet cores.

/** Folders and files of the long suite. */
const LONG_TESTS = [
  'test/real/acts/',
  'test/real/backup-tools.test.ts',
  'test/real/hba/',
  'test/real/diagnose-replication.test.ts',
  'test/real/long-statements.test.ts',
  'test/real/managers.test.ts',
  'test/real/new-connections.test.ts',
  'test/real/outages.test.ts',
  'test/real/prometheus.test.ts',
  'test/real/proxied-faults.test.ts',
  'test/real/refused.test.ts',
  'test/real/servers/moved-address.test.ts',
  'test/real/servers/moved-copy.test.ts',
  'test/real/servers/old-journals.test.ts',
  'test/real/servers/slot-sync.test.ts',
  'test/real/sessions/beside.test.ts',
  'test/real/sessions/pooler.test.ts',
  'test/real/sessions/unanswered.test.ts',
  'test/real/split-brain.test.ts',
  'test/real/sql-names/hostile.test.ts',
  'test/real/sql-names/recorded.test.ts',
  'test/real/standstill/replay.test.ts',
  'test/profiles/manageengine/demo/',
  'test/e2e/acting.test.ts',
  'test/e2e/binary.test.ts',
  'test/e2e/ends.test.ts',
  'test/e2e/package.test.ts',
  'test/e2e/recorded-incident.test.ts',
  'test/e2e/tour.test.ts',
]

/** Whether a test file, as a path from the top of the project, belongs to the long suite. */
export function isLong(file) {
  return LONG_TESTS.some((place) => (place.endsWith('/') ? file.startsWith(place) : file === place))
}

/** Tests that try each version of PostgreSQL here, and the oldest and the newest in `npm test`. */
const ALL_MAJORS_TESTS = [
  'test/probes/database/hba/connected-clients.test.ts',
  'test/real/acts/change-setting.test.ts',
  'test/real/acts/tablespaces/backup.test.ts',
  'test/real/acts/tablespaces/rebuild.test.ts',
  'test/real/doctor.test.ts',
  'test/real/hba-sight.test.ts',
  'test/real/host-files.test.ts',
  'test/real/in-charge.test.ts',
  'test/real/libpq/targets.test.ts',
  'test/real/looks.test.ts',
  'test/real/other-history.test.ts',
  'test/real/servers/guarded-statement.test.ts',
  'test/real/sessions/settings.test.ts',
  'test/real/settings/pending-restart.test.ts',
  'test/real/standby-timeline.test.ts',
]

const tool = (script, ...args) => [
  process.execPath,
  '--import',
  './scripts/typescript.mjs',
  `scripts/${script}.ts`,
  ...args,
]

/** Programs that the long suite runs besides, each with its command. */
export const LONG_RUNS = [
  { title: 'kill points of a promotion', command: tool('kill-points', 'promote', '6') },
  { title: 'kill points of a rolling restart', command: tool('kill-points', 'rolling-restart', '0') },
  { title: 'kill points of a switchover', command: tool('kill-points', 'switchover', '6') },
  {
    title: 'every version of PostgreSQL',
    command: [process.execPath, 'scripts/test.mjs', '--all-majors', ...ALL_MAJORS_TESTS],
  },
  { title: 'soak', command: tool('soak', '5') },
]
