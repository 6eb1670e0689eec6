// What each field of the documents about access, examinations, collected logs and the program itself means.

import type { backtestDocument } from '../../src/cli/commands/backtest/run.ts'
import type { doctorDocument } from '../../src/cli/commands/doctor/run.ts'
import type { hbaAuditDocument } from '../../src/cli/commands/hba/audit-json.ts'
import type { hbaTestReport } from '../../src/cli/commands/hba/run-test.ts'
import type { keysDocument } from '../../src/cli/commands/keys/run.ts'
import type { logsDocument } from '../../src/cli/commands/logs/run.ts'
import type { reportDocument } from '../../src/cli/commands/report/run.ts'
import type { versionDocument } from '../../src/cli/commands/version/run.ts'
import type { collectionDocument } from '../../src/runtime/log-collection/collect-logs.ts'
import { describeDocument, describePart } from './describe.ts'
import { ALERT, HEALTH } from './values.ts'

const RULES_SOURCE = {
  'file-by-sql': 'the file, read through SQL',
  'file-by-host': 'the file, read on its host',
  'rules-view': '`pg_hba_file_rules`',
} as const
const RELOADED = {
  'in-force': 'the server uses them',
  edited: 'the file was changed, and the server still uses the old rules',
  broken: 'the server would refuse the file, and uses the old rules',
  unknown: 'unknown',
} as const
const MISMATCH = {
  about: 'what does not match; null: the line matches',
  values: {
    type: 'the type of the connection',
    encryption: 'its encryption',
    address: 'its address',
    database: 'its database',
    user: 'its user',
  },
} as const
const LACKING = {
  about: 'what this role may not read',
  each: { what: 'text: the function, view or setting', grant: 'text: the statement that grants it' },
} as const
const WEAKNESSES = 'list: ids of weaknesses, such as `trust`, `md5` or `all-addresses`'

const proposal = {
  line: 'text: the line to add',
  file: 'text: the file for it',
  before: 'number: the line that it must come before; null: at the end, or in place of another',
  replaces: 'number: the line that it replaces; null: none',
  notes: 'list: what to consider, as sentences',
} as const

export const hbaAuditDescription = describeDocument<ReturnType<typeof hbaAuditDocument>>()({
  command: 'pgdeck hba audit --json',
  schema: 'pgdeck.hba-audit/1',
  about: 'Whether pg_hba.conf admits every connection that the cluster needs, now and after a failover.',
  fields: {
    schema: 'text: `pgdeck.hba-audit/1`',
    at: 'time: when the document was made',
    clusters: {
      about: 'one per cluster',
      each: {
        name: 'text: name in the configuration',
        health: HEALTH,
        databases: {
          about: 'the databases and their files',
          each: {
            name: 'text: display name',
            id: 'text: name in the configuration',
            health: HEALTH,
            message: 'text: one sentence about its rules',
            source: { about: 'how the rules were read; null: they were not', values: RULES_SOURCE },
            file: 'text: path of the main file; null: not read',
            force: { about: 'whether they are in force; null: not read', values: RELOADED },
            exact: 'flag: false if quoted names could not be distinguished from keywords; null: not read',
            readAt: 'time: when they were read; null: never',
            broken: {
              about: 'lines that the server refuses',
              each: {
                file: 'text: the file',
                line: 'number: the line; null: the whole file',
                rule: 'text: its text; null: hidden',
                error: 'text: the error of the server',
                explanation: 'text: what is wrong',
                corrected: 'text: the corrected line; null: unknown',
              },
            },
            weak: {
              about: 'lines with a weakness',
              each: {
                file: 'text: the file',
                line: 'number: the line',
                rule: 'text: its text',
                weaknesses: WEAKNESSES,
              },
            },
            missing: LACKING,
          },
        },
        entries: {
          about: 'the connections that the cluster needs',
          each: {
            from: {
              about: 'who connects; null: pgdeck',
              fields: { name: 'text: display name', id: 'text: name in the configuration' },
            },
            need: 'id: why it is needed',
            to: {
              about: 'the database',
              fields: { name: 'text: display name', id: 'text: name in the configuration' },
            },
            type: 'text: `local` for a Unix socket, `host` for TCP',
            tls: 'flag: whether it is encrypted with TLS; null: unknown',
            replication: 'flag: whether it is a connection of physical replication',
            database: 'text: its database; null: replication, or unknown',
            user: 'text: its user; null: unknown',
            userSource: 'text: where the user is known from',
            userAssumed: 'flag: whether the user is assumed',
            address: 'text: its client address; null: a Unix socket, or unknown',
            addressSource: 'text: where the address is known from',
            result: {
              about: 'the result',
              values: {
                good: 'admitted',
                weak: 'admitted by a line with a weakness',
                missing: 'no line matches',
                rejected: 'a line rejects it',
                fails: 'admitted, but the login fails',
                unknown: 'unknown',
              },
            },
            health: HEALTH,
            message: 'text: one sentence',
            decision: {
              about: 'the decision of the server; null: its rules were not read',
              values: {
                allow: 'a line admits it',
                reject: 'a line rejects it',
                'no-match': 'no line matches',
                invalid: 'the server refuses the file',
                unknown: 'a line depends on something unknown',
              },
            },
            method: 'text: the method of the deciding line; null: none decides',
            file: 'text: its file; null: none decides',
            line: 'number: its number; null: none decides',
            rule: 'text: its text; null: none decides',
            weaknesses: WEAKNESSES,
            considered: {
              about: 'the lines up to the deciding one; null: the rules were not read',
              each: {
                file: 'text: the file',
                line: 'number: the line',
                matches: 'flag: whether it matches',
                because: MISMATCH,
              },
            },
            add: { about: 'the line to add; null: none is needed', fields: proposal },
          },
        },
        add: {
          about: 'all lines to add, each once',
          each: {
            database: 'text: id of the database',
            ...proposal,
            lets: 'list: the clients that it admits',
          },
        },
      },
    },
  },
})

export const hbaTestDescription = describeDocument<ReturnType<typeof hbaTestReport>>()({
  command: 'pgdeck hba test --json',
  schema: null,
  about:
    'The decision for one connection. With `--batch` one document per connection, one per line, without the fields from `errors` to `missing`.',
  fields: {
    decision: {
      about: 'the decision of the server',
      values: {
        allow: 'a line admits it',
        reject: 'a line rejects it',
        'no-match': 'no line matches, so the server rejects it',
        invalid: 'the server refuses the file',
        unknown: 'a line depends on something unknown',
      },
    },
    method: 'text: the method of the deciding line; null: none decides',
    file: 'text: its file; null: none decides',
    line: 'number: its number; null: none decides',
    rule: 'text: its text; null: none decides',
    considered: {
      about: 'the lines up to the deciding one',
      each: {
        file: 'text: the file; absent: the main file',
        line: 'number: the line',
        matches: 'flag: whether it matches',
        because: MISMATCH,
      },
    },
    error: 'text: what is invalid or unknown; absent: nothing',
    errors: {
      about: 'lines that the server refuses; absent: none',
      each: {
        file: 'text: the file',
        line: 'number: the line; null: the whole file',
        error: 'text: the error',
      },
    },
    shadowed: {
      about: 'lines that never decide, because an earlier line matches all their connections',
      each: {
        file: 'text: the file',
        line: 'number: the line',
        by: {
          about: 'the earlier line',
          fields: { file: 'text: the file', line: 'number: the line' },
        },
      },
    },
    node: 'text: id of the database; absent: with `--file`',
    source: { about: 'how the rules were read; absent: with `--file`', values: RULES_SOURCE },
    force: { about: 'whether they are in force; absent: with `--file`', values: RELOADED },
    why: 'text: why; absent: with `--file`',
    serverVersion: 'number: major version of the server; absent: with `--file`',
    missing: { ...LACKING, about: 'what this role may not read; absent: nothing' },
    notes: 'list: what to consider, as sentences; absent: nothing',
  },
})

const findings = {
  about: 'what was found',
  each: {
    area: 'id: the part of the examination',
    level: {
      about: 'how bad it is',
      values: {
        ok: 'as it should be',
        info: 'worth knowing',
        warning: 'a warning',
        critical: 'a critical problem',
        unknown: 'could not be read',
      },
    },
    subject: 'text: ids of databases or hosts; null: this host, or all',
    text: 'text: one sentence',
    next: 'list: statements, commands or sentences that mend it',
  },
} as const

export const doctorDescription = describeDocument<ReturnType<typeof doctorDocument>>()({
  command: 'pgdeck doctor --json',
  schema: 'pgdeck.doctor/1',
  about: 'Privileges, differences between servers, and faults of this host.',
  fields: {
    schema: 'text: `pgdeck.doctor/1`',
    at: 'time: when the document was made',
    result: HEALTH,
    host: { about: 'this host', fields: { findings } },
    clusters: {
      about: 'one per cluster',
      each: {
        name: 'text: name in the configuration',
        nodes: {
          about: 'its databases',
          each: {
            name: 'text: name in the configuration',
            version: 'text: version of PostgreSQL; null: not read',
            role: {
              about: 'its role; null: not read',
              values: { primary: 'not in recovery', replica: 'a standby' },
            },
            clockOffsetMs: 'milliseconds: its clock less that of this host; null: not read',
            user: 'text: the role of pgdeck; null: not read',
            superuser: 'flag: whether that role is a superuser; null: not read',
            database: 'text: the database that pgdeck connects to; null: not read',
            login: {
              about: 'how the session logged in; null: not read',
              values: {
                none: 'without a password',
                password: 'a password in clear text',
                md5: 'MD5',
                'scram-sha-256': 'SCRAM',
              },
            },
            privileges: {
              about: 'the privileges that pgdeck can use; null: not read',
              each: {
                what: 'text: the privilege',
                use: {
                  about: 'what it is for',
                  values: { watch: 'watching', diagnose: 'diagnosing', logs: 'reading logs', act: 'acting' },
                },
                required: 'flag: false if pgdeck works without it',
                granted: 'flag: whether the role has it',
                grant: 'text: the statement that grants it',
              },
            },
            requiredSettings: {
              about: 'settings that a standby needs at least as high as its primary; null: not read',
              fields: {
                max_connections: 'number: its value',
                max_worker_processes: 'number: its value',
                max_wal_senders: 'number: its value',
                max_prepared_transactions: 'number: its value',
                max_locks_per_transaction: 'number: its value',
              },
            },
            extensions: 'map: versions of installed extensions, by name; null: not read',
            collation: 'text: version of the default collation; null: none, or not read',
            hba: {
              about: 'its pg_hba.conf; null: not read',
              fields: {
                file: 'text: path of the main file',
                rules: 'number: how many rules it has',
                source: { about: 'how they were read', values: RULES_SOURCE },
                force: { about: 'whether they are in force', values: RELOADED },
              },
            },
          },
        },
        findings,
      },
    },
  },
})

const omitted = { what: 'text: the file or source', why: 'text: the reason' } as const

const collection = describePart<ReturnType<typeof collectionDocument>>()({
  cluster: 'text: name of the cluster',
  node: 'text: id of the server or database',
  kind: { about: 'what it is', values: { server: 'an application server', database: 'a PostgreSQL server' } },
  at: 'time: when it was collected',
  since: 'time: older files were left out; null: none was',
  limitBytes: 'bytes: the limit for all files',
  taken: {
    about: 'the collected files',
    each: {
      name: 'text: its name in the archive',
      path: 'text: its path',
      where: 'text: where it was found',
      bytes: 'bytes: in the archive, without secrets',
      ofBytes: 'bytes: of the file itself',
      modifiedAt: 'time: when it was last written',
      cut: 'text: why it is not complete; null: it is',
    },
  },
  left: { about: 'files that were found but not collected', each: omitted },
  missing: { about: 'what was not found or could not be read', each: omitted },
})

export const logsDescription = describeDocument<ReturnType<typeof logsDocument>>()({
  command: 'pgdeck logs NAME --out FILE --json',
  schema: 'pgdeck.logs/1',
  about: 'The archive of logs that was written. Its `manifest.json` has the fields from `cluster` on.',
  fields: {
    schema: 'text: `pgdeck.logs/1`',
    file: 'text: path of the archive',
    bytes: 'bytes: its size',
    ...collection,
  },
})

export const reportDescription = describeDocument<ReturnType<typeof reportDocument>>()({
  command: 'pgdeck report --out FILE --json',
  schema: 'pgdeck.report/1',
  about: 'The timeline for a post-mortem.',
  fields: {
    schema: 'text: `pgdeck.report/1`',
    file: 'text: path of the file that was written',
    cluster: 'text: name of the cluster',
    from: 'time: its start',
    to: 'time: its end',
    now: 'list: the state at the end, as sentences',
    figures: {
      about: 'the highest figures of that time, of recordings; empty if nothing was recorded',
      each: {
        subject: 'text: id of the node',
        figure: {
          about: 'what it is',
          values: {
            'lag-bytes': 'bytes behind its upstream',
            'lag-seconds': 'seconds behind its upstream',
            sessions: 'sessions',
            'inactive-seconds': 'seconds without being active, the longest time of them',
          },
        },
        highest: 'number: the highest',
        at: 'time: when it was the highest',
        last: 'number: the last known one',
      },
    },
    missing: 'list: what could not be read',
    alerts: {
      about: 'alerts that were active at the end',
      each: {
        ...ALERT,
        during: 'text: the run that caused it and still ran; absent: none',
      },
    },
    entries: {
      about: 'what happened, oldest first',
      each: {
        at: 'time: when it happened',
        kind: {
          about: 'its kind',
          values: {
            state: 'a change of state',
            act: 'an action of a person',
            task: 'something that pgdeck did by itself',
            alert: 'an alert',
            log: 'a line of a server log',
          },
        },
        subject: 'text: id of the node; null: the whole cluster',
        text: 'text: what happened',
      },
    },
    nodes: { about: 'the collected logs of each node; empty for a Markdown file', each: collection },
  },
})

const episodes = {
  each: {
    rule: ALERT.rule,
    severity: ALERT.severity,
    subject: ALERT.subject,
    owner: ALERT.owner,
    message: 'text: one sentence with figure and limit, when it was the worst',
    since: 'time: when it began',
    until: 'time: when it ended; null: it stood at the last moment that is known',
    seconds: 'number: how long it is known to have stood',
  },
} as const

export const backtestDescription = describeDocument<ReturnType<typeof backtestDocument>>()({
  command: 'pgdeck backtest FILE --alerts FILE --json',
  schema: 'pgdeck.backtest/1',
  about: 'The alerts of recorded time, with the recorded limits and with others.',
  fields: {
    schema: 'text: `pgdeck.backtest/1`',
    file: 'text: path of the recording',
    clusters: {
      about: 'one per cluster of it',
      each: {
        cluster: 'text: name of the cluster',
        from: 'time: the first recorded moment',
        to: 'time: the last recorded moment',
        recorded: { about: 'the alerts with the recorded limits, in the order of their begin', ...episodes },
        limits: { about: 'the alerts with the limits of the file', ...episodes },
        missing: 'list: what was not recorded or can’t be read',
      },
    },
  },
})

export const keysDescription = describeDocument<ReturnType<typeof keysDocument>>()({
  command: 'pgdeck keys --json',
  schema: 'pgdeck.keys/1',
  about: 'The keys of the monitor.',
  fields: {
    schema: 'text: `pgdeck.keys/1`',
    keys: {
      about: 'one per binding',
      each: {
        keys: 'list: the keys',
        action: 'text: its id, for `ui.keys` in the configuration',
        title: 'text: what it does',
        group: 'text: its group in the help',
        modes: 'list: where it works',
      },
    },
  },
})

export const versionDescription = describeDocument<ReturnType<typeof versionDocument>>()({
  command: 'pgdeck version --json',
  schema: null,
  about: 'The version.',
  fields: {
    pgdeck: 'text: version of pgdeck',
    node: 'text: version of Node',
    platform: 'text: such as `linux-x64`',
  },
})
