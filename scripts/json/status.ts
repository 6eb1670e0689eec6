// What each field of the documents about the present state means: status, topology, diagnosis, and the message of an alert.

import type { TopologyDocument } from '../../src/cli/commands/topology/json.ts'
import type { NotificationDocument } from '../../src/model/alerts/notification-message.ts'
import type { DatabaseFigures } from '../../src/state/documents/database-figures.ts'
import type { DiagnosisDocument } from '../../src/state/documents/diagnosis-document.ts'
import type { OtherSenderDocument, StatusDocument } from '../../src/state/documents/status-document.ts'
import { describeDocument, describePart } from './describe.ts'
import { entryPointFields } from './entry-points.ts'
import { managerFields } from './managed-cluster.ts'
import { problem } from './problem.ts'
import { ACCESS, ALERT, DATABASE_STATUS, HEALTH, LAG, LINK_STATE, MODELS, OBSERVED_RUN, SYNC } from './values.ts'

const SENDER_STATE = {
  about: 'state of the walsender; null: unknown',
  values: {
    startup: 'starting',
    catchup: 'sends older WAL',
    streaming: 'sends new WAL',
    backup: 'sends a base backup',
    stopping: 'stopping',
  },
} as const

const otherSender = describePart<OtherSenderDocument>()({
  database: 'text: id of the database that sends',
  kind: {
    about: 'what the connection receives',
    values: {
      backup: 'a base backup',
      capture: 'changes, for change data capture',
      logical: 'a logical subscription',
      stale: 'nothing: a connection that a standby left behind, which has a newer one',
    },
  },
  name: 'text: its application name',
  address: 'text: the client address; null: hidden, or a Unix socket',
  state: SENDER_STATE,
  slot: 'text: name of its replication slot; null: none',
  behindBytes: 'bytes: WAL that it has not confirmed; null: a backup, or hidden',
  since: 'time: when it connected; null: hidden',
})

const FIGURES = describePart<DatabaseFigures>()({
  commitWaits: {
    about:
      'commits that wait for synchronous standbys; null: nothing asks for that, no primary, or hidden from this role',
    fields: {
      waiting: 'number: sessions that wait',
      longestSeconds: 'seconds: how long the statement of the longest runs at most; null: none waits',
      standbysLacking: 'number: standbys that are asked for beyond those that can confirm; above 0 every commit waits',
    },
  },
  readOnlyByDefault: {
    about: 'whether sessions of a primary are read-only by default; null: no primary, or never read',
    values: {
      no: 'they are not',
      server: 'those of all databases',
      databases: 'those of `readOnlyDatabases`',
      unknown: 'not read yet, or hidden',
    },
  },
  readOnlyDatabases: 'list: databases whose sessions are read-only by default',
  archiving: {
    about: 'archiving of WAL; null: it does not archive, or never read',
    fields: {
      failing: 'flag: whether the last try failed',
      waitingFiles:
        'number: files that wait while none is archived, 0 just after one was; null: hidden, or too many to count in time',
      waitingSeconds: 'seconds: how long the oldest has waited; null: none waits, or unknown',
      countedSecondsAgo: 'seconds: how long before `readAt` they were counted; null: not counted',
      lastArchivedAt: 'time: when a file was archived last; null: never since the statistics were reset',
    },
  },
  replay: {
    about: 'replay of a standby; null: no standby, or never read',
    fields: {
      state: {
        about: 'its state',
        values: {
          runs: 'it makes progress, or has nothing to replay',
          paused: 'paused, on request or by PostgreSQL',
          stalled: 'it makes no progress',
          unknown: 'hidden from this role',
        },
      },
      stalledSeconds: 'seconds: how long it makes no progress; null: it is not stalled',
      reason: 'text: why it is paused or stalled; null: it is not',
    },
  },
  transactions: {
    about: 'transactions and their IDs; null: never read',
    fields: {
      oldestIdAge: 'number: age of the oldest unfrozen transaction ID; null: unknown',
      oldestMultixactAge: 'number: age of the oldest unfrozen MultiXact ID; null: unknown',
      multixactMembers:
        'number: members of the MultiXact IDs that are kept; null: older than PostgreSQL 19, where they can’t be read, or hidden',
      longestSeconds:
        'seconds: age of the oldest transaction of a session, 0 without one; null: not all sessions are visible',
      prepared: 'number: prepared transactions of a primary; null: no primary',
      oldestPreparedSeconds: 'seconds: age of the oldest of them, 0 without one; null: no primary',
    },
  },
  throughput: {
    about: 'transactions of all databases of the server, and its WAL; null: never read',
    fields: {
      committed: 'number: transactions committed since `countedSince`; null: unknown',
      rolledBack: 'number: transactions rolled back since then; null: unknown',
      countedSince: 'time: when the statistics of a database were reset last; null: never, or unknown',
      commitsPerSecond:
        'number: over the last seconds; null: fewer than two readings, or the counters began anew between them',
      rollbacksPerSecond: 'number: over the last seconds; null: as above',
      walBytesPerSecond:
        'number: WAL written, or received by a standby, over the last half minute; null: fewer than two readings',
    },
  },
  xminHorizon: {
    about: 'what holds back the xmin horizon of a primary, over all nodes; null: no primary, or never read',
    fields: {
      state: {
        about: 'what was found',
        values: { none: 'nothing holds it back', held: 'a holder', unknown: 'hidden from this role' },
      },
      age: 'number: age of the holder in transactions; null: none',
      holder: 'text: who holds it; null: none',
      database: 'text: id of the database where it can be ended; null: none',
      isBound: 'flag: whether there may be an older holder that this role does not see',
    },
  },
  connectionLimits: {
    about: 'CONNECTION LIMITs of roles and databases that have sessions, the fullest first',
    each: {
      kind: { about: 'what is limited', values: { role: 'a role', database: 'a database' } },
      name: 'text: its name',
      limit: 'number: the limit',
      used: 'number: sessions that count against it',
    },
  },
})

export const statusDescription = describeDocument<StatusDocument>()({
  command: 'pgdeck status --json',
  schema: 'pgdeck.status/1',
  about: 'The state of all clusters after one poll. With `--watch` one document per interval, one per line.',
  fields: {
    schema: 'text: `pgdeck.status/1`',
    at: 'time: when the document was made',
    clusters: {
      about: 'one per cluster',
      each: {
        name: 'text: name in the configuration',
        model: MODELS,
        health: HEALTH,
        manager: {
          about: 'the program that decides on roles; null: none was found',
          fields: managerFields,
        },
        serving: {
          about: 'who serves the users; null: nobody',
          fields: { server: 'text: id of the server, or of the database in the model `databases`', access: ACCESS },
        },
        schedules: {
          about: 'the one server that runs the schedules, or should; null: the cluster has none that does',
          fields: {
            server: 'text: id of the primary server, or of the server that acts in its place after a promotion',
            state: {
              about: 'whether they run now',
              values: {
                run: 'it runs them',
                stopped: 'it can’t run them, and no other server does',
                unknown: 'its state is unknown',
              },
            },
          },
        },
        servers: {
          about: 'the application servers',
          each: {
            name: 'text: display name',
            id: 'text: name in the configuration',
            dnsName: 'text: the name that users type',
            type: {
              about: 'its configured type',
              values: {
                primary: 'serves first',
                secondary: 'takes over from the primary server',
                'read-only': 'serves read-only from a standby',
              },
            },
            status: {
              about: 'its state',
              values: {
                active: 'serves users',
                standby: 'is ready to take over',
                degraded: 'answers, but something that it needs is missing',
                inactive: 'does not answer',
                unknown: 'not read yet, or unreachable from here',
              },
            },
            access: { ...ACCESS, about: 'what it gives its users; null: unknown' },
            port: 'number: its port',
            portOpen: 'flag: whether the port accepts connections; null: unknown',
            sessions: 'number: user sessions; null: unknown, or not configured',
            latencyMs: 'milliseconds: from the request to the head of the answer; null: no answer',
            tls: {
              about: 'its certificate; null: no TLS, or not read',
              fields: {
                daysLeft: 'number: days until it expires; negative afterwards',
                nameMatches: 'flag: whether it is for the name that users type',
              },
            },
            database: 'text: id of its database; null: none configured',
            since: 'time: when its status began; null: unknown',
            readAt: 'time: of its last good reading; null: none yet',
            problem: { about: 'why it can’t be read; null: it can', fields: problem },
          },
        },
        databases: {
          about: 'the PostgreSQL servers',
          each: {
            name: 'text: display name',
            id: 'text: name in the configuration',
            host: 'text: the address in use',
            port: 'number: its port',
            portOpen: 'flag: whether the port accepts connections; null: unknown',
            type: 'text: `PostgreSQL`',
            version: 'text: its version, such as `18.4`; null: unknown',
            role: {
              about: 'its role in replication',
              values: {
                primary: 'not in recovery',
                replica: 'a standby of a primary',
                'cascading-replica': 'a standby of a standby',
                unknown: 'never read',
              },
            },
            status: DATABASE_STATUS,
            servers: {
              about: 'application servers that use it',
              fields: {
                configured: 'number: how many are configured',
                active: 'number: how many are connected; null: unknown',
              },
            },
            sessions: {
              about: 'client sessions; null: never read',
              fields: {
                total: 'number: all of them; null: the server refuses to tell',
                max: 'number: `max_connections`',
                forUsers: 'number: what ordinary users may take: `max` without the reserved connections',
                active: 'number: that run a statement; null: hidden from this role',
                idleInTransaction: 'number: idle in a transaction; null: hidden from this role',
                waiting: 'number: that wait for a lock; null: hidden from this role',
              },
            },
            timeline: 'number: its timeline; null: unknown',
            lsn: 'lsn: written by a primary, received or replayed by a standby; null: unknown',
            systemIdentifier: 'text: of `pg_control_system()`; null: unknown',
            sameServerAs:
              'text: of a primary, id of the database whose DSN leads to the same server and that counts for it; null: it counts itself',
            startedAt: 'time: start of its postmaster; null: unknown',
            ...FIGURES,
            readAt: 'time: of its last good reading; null: none yet',
            problem: { about: 'why it can’t be read; null: it can', fields: problem },
            newConnections: {
              about:
                'what new connections show, beside the session that is open; null: not tested yet, as by a single `status`, whose session is new',
              fields: {
                accepted:
                  'flag: whether the last test was answered; null: not tested yet, or pgdeck itself did not reach it',
                answeredAt: 'time: when a test was answered last; null: never',
                problem: { about: 'why the last test was not answered; null: it was', fields: problem },
                loginProblem: {
                  about: 'why pgdeck could not log in again; null: it could, or has not tried',
                  fields: problem,
                },
              },
            },
            backup: {
              about: 'its backups, as the configured source shows them; null: none is configured',
              fields: {
                source: 'text: the source, in words',
                takenAt: 'time: when the newest one was taken; null: there is none, or unknown',
                name: 'text: its name; null: the source tells none',
                window: {
                  about:
                    'the time to which a restore can reach, by the tools; null: nothing can be restored, or the source does not tell',
                  fields: { from: 'time: the earliest moment', to: 'time: the latest one' },
                },
                running: 'flag: whether one is being taken; null: unknown',
                trouble: 'text: what is wrong although the newest good one may be recent; null: nothing is known',
                readAt: 'time: of the last good reading; null: none yet',
                problem: { about: 'why they can’t be read; null: they can', fields: problem },
              },
            },
            tls: {
              about: 'the certificate that it showed last; null: none, or without TLS',
              fields: {
                daysLeft: 'number: days until it expires; negative afterwards',
                nameMatches: 'flag: whether it is for the host that the DSN names',
              },
            },
            refused: {
              about: 'figures that are unknown because the server refuses a function or a view',
              each: {
                function: 'text: the function, with parentheses, or the view',
                figure: 'text: what it would tell',
                why: 'text: `not permitted`, `missing`, `too slow` or `not offered by this server`',
                grant: 'text: the statement that permits it; null: none does',
              },
            },
            provider: 'text: the hosting service, by signs that only it makes; null: none is seen',
          },
        },
        entryPoints: {
          about: 'poolers, proxies and addresses of the configuration; empty where none is configured',
          each: entryPointFields,
        },
        links: {
          about: 'replication links',
          each: {
            upstream: 'text: id of the sender; of an unwatched one its name or address',
            downstream: 'text: id of the standby; of an unwatched one its name or address',
            kind: {
              about: 'what receives the WAL',
              values: {
                standby: 'a standby',
                archiver: 'a program that stores WAL, such as pg_receivewal',
                backup: 'a base backup',
                capture: 'change data capture',
                logical: 'a logical subscriber',
                stale: 'nobody: the old connection of a standby that has a newer one',
                unknown: 'unknown',
              },
            },
            state: LINK_STATE,
            sync: SYNC,
            slot: 'text: name of its replication slot; null: none, or hidden',
            lag: { about: 'how far the standby is behind', fields: LAG },
            catchUpSeconds: 'seconds: until it has caught up at the present rates; null: unknown, or never',
            delaySeconds: 'seconds: how late the standby replays on purpose (recovery_min_apply_delay); null: unknown',
          },
        },
        otherSenders: { about: 'connections that receive something else than physical replication', each: otherSender },
        slots: {
          about: 'replication slots',
          each: {
            database: 'text: id of the database',
            name: 'text: name of the slot',
            type: { about: 'its type', values: { physical: 'physical', logical: 'logical' } },
            active: 'flag: whether a connection uses it',
            retainedBytes: 'bytes: WAL that it retains; null: unknown',
            walStatus: {
              about: '`wal_status` of `pg_replication_slots`; null: unknown',
              values: {
                reserved: 'within `max_wal_size`',
                extended: 'beyond `max_wal_size`, but retained',
                unreserved: 'may be removed at the next checkpoint',
                lost: 'needed WAL was removed',
              },
            },
            safeBytes: 'bytes: WAL that can be written before the slot may be lost; null: no limit, or unknown',
          },
        },
        splitBrains: {
          about: 'databases of one system that are writable at the same time',
          each: {
            systemIdentifier: 'text: the one that they have in common',
            members: {
              about: 'the writable databases',
              each: {
                id: 'text: id of the database',
                timeline: 'number: its timeline; null: unknown',
                servers: 'list: names of the application servers that use it',
                clients: 'number: client sessions; null: hidden from this role',
                standbys: 'list: names of its standbys',
              },
            },
            keep: 'text: id of the database to keep; null: users and timeline differ, or nothing decides',
            byUsers: {
              about: 'the choice by the users',
              fields: { keep: 'text: id of the database; null: nothing decides', why: 'text: the reason; null: none' },
            },
            byTimeline: {
              about: 'the choice by the timeline',
              fields: { keep: 'text: id of the database; null: nothing decides', why: 'text: the reason; null: none' },
            },
          },
        },
        failover: {
          about: 'the cost if the serving primary failed now',
          fields: {
            ifFails: 'text: id of that primary; null: there is none',
            candidate: 'text: id of the standby to promote; null: there is none',
            lossBytes: 'bytes: WAL that would be lost; null: unknown',
            lossSeconds: 'seconds: of commits that would be lost; null: unknown',
            basis: {
              about: 'the readings that the loss is computed from',
              values: { live: 'the primary answers', 'last-seen': 'its last reading; basisAgeSeconds is its age' },
            },
            basisAgeSeconds: 'seconds: age of the primary’s position; null: no position was ever read',
            lossBound: {
              about: 'what lossBytes means; null: nothing is known',
              values: {
                'as-read': 'the difference of two fresh readings',
                'at-least': 'missing at the last reading; what was written since is unknown',
                'at-most': 'missing of what is known; an archive may hold some of it',
                'none-confirmed': 'every confirmed commit had reached synchronous standbys',
                'shared-storage': 'none: instances of Aurora share one storage; lossBytes is null',
              },
            },
            writableInSeconds: 'seconds: until the candidate has replayed and is writable; null: unknown',
            promotedBy: {
              about: 'who promotes the candidate when the primary fails; null: there is no candidate',
              values: {
                person: 'nobody does it by itself',
                manager: 'a manager that runs',
                nobody: 'its manager does not: it is paused, or can’t',
              },
            },
            blockers: 'list: why it can’t be promoted, as sentences',
            warnings: 'list: what to consider, as sentences',
          },
        },
        alerts: {
          about: 'active alerts',
          each: {
            ...ALERT,
            during: 'text: the run that caused it and still runs, such as `ann@jump-1 runs promote db-ro`; null: none',
          },
        },
        restoreGate: {
          about:
            'what must not start before the backup of the acting primary is restored; null: nothing has to wait for a restore',
          fields: {
            database: 'text: id of the database that acts as the primary',
            server: 'text: id of the server over it; null: none is known',
            since: 'time: when it began to act',
            databases: 'list: ids of databases that must not take writes before',
            servers: 'list: ids of servers that must not serve before',
          },
        },
        run: {
          about: 'the run that changes the cluster now, from whichever host; null: none',
          fields: OBSERVED_RUN,
        },
        alsoServing: {
          about: 'servers that serve their own users while the link is cut; absent except in the model `mirrored`',
          each: { server: 'text: id of the server', access: ACCESS },
        },
        exchange: {
          about: 'the two directions of mirroring; absent except in the model `mirrored`',
          each: {
            from: 'text: id of the database that writes',
            to: 'text: id of the database that receives',
            state: {
              about: 'its state',
              values: {
                flowing: 'changes arrive',
                cut: 'changes do not arrive',
                merging: 'connected again, but not everything has arrived',
                unknown: 'unknown',
              },
            },
            slot: 'text: name of its replication slot; null: unknown',
            behindBytes: 'bytes: not confirmed by `to`; null: unknown',
            behindChanges:
              'number: changes that `to` has not taken over, by `exchange.sql`; null: unknown, or by logical replication',
            oldestAt: 'time: when the oldest of these changes was made; null: unknown, or none',
            divergedBytes: 'bytes: written by `from` since the cut; null: not cut, or unknown',
            divergedChanges: 'number: changes of `from` since the cut, by `exchange.sql`; null: not cut, or unknown',
            since: 'time: when the state began; null: unknown',
            reason: 'text: why it is cut or unknown; null: no reason is known',
          },
        },
      },
    },
  },
})

export const topologyDescription = describeDocument<TopologyDocument>()({
  command: 'pgdeck topology --json',
  schema: 'pgdeck.topology/1',
  about: 'The tree of replication as nodes and links.',
  fields: {
    schema: 'text: `pgdeck.topology/1`',
    at: 'time: when the document was made',
    clusters: {
      about: 'one per cluster',
      each: {
        name: 'text: name in the configuration',
        nodes: {
          about: 'databases, application servers, and unwatched ends of links',
          each: {
            id: 'text: unique in the cluster; it begins with `unwatched:` for a node that pgdeck does not poll',
            kind: {
              about: 'what it is',
              values: {
                database: 'a PostgreSQL server',
                server: 'an application server',
                archiver: 'a program that stores WAL, such as pg_receivewal',
                pooler: 'a PgBouncer of the configuration',
                proxy: 'an HAProxy of the configuration',
                address: 'an address of the users in the configuration',
              },
            },
            name: 'text: display name',
            role: 'text: the role of a database, the type of an application server, `archiver`, or what an entry point should lead to',
            status: 'text: as in the status document',
            access: 'text: what a server gives its users, as in the status document; null: a database, or unknown',
            host: 'text: its address; null: unknown',
            port: 'number: its port; null: unknown',
            timeline: 'number: of a database; null: a server, or unknown',
            lsn: 'lsn: of a database; null: a server, or unknown',
            configured: 'flag: false for a discovered node',
            watched: 'flag: false for a node that is only known from the other end of its link',
          },
        },
        links: {
          about: 'replication, which server uses which database, and where users are led',
          each: {
            kind: {
              about: 'what it is',
              values: {
                replication: 'from an upstream to its standby',
                use: 'from a server to its database',
                'leads-to': 'from a pooler, proxy or address to the database that its users reach now',
              },
            },
            from: 'text: id of a node',
            to: 'text: id of a node',
            state: 'text: as in the status document; `elsewhere`: it should not lead there; null: a use',
            sync: 'text: as in the status document; null: a use, or unknown',
            slot: 'text: name of its replication slot; null: none',
            lag: { about: 'how far the standby is behind; null: a use', fields: LAG },
          },
        },
        otherSenders: { about: 'connections that receive something else than physical replication', each: otherSender },
        observers: {
          about: 'which node reaches which',
          each: {
            kind: {
              about: 'who observes',
              values: {
                here: 'this host',
                standby: 'a standby, its upstream',
                source: 'an upstream, its standby',
                database: 'a database, an application server',
                server: 'an application server, its database',
                host: 'a host over ssh, a target',
              },
            },
            from: 'text: id of the observer; null: this host',
            to: 'text: id of the target',
            result: {
              about: 'what it observes',
              values: { ok: 'reaches it', fails: 'does not reach it', unknown: 'no information; no sign of an outage' },
            },
            evidence: 'text: one sentence',
            at: 'time: when the target last answered, or since when it fails; null: unknown',
          },
        },
      },
    },
  },
})

export const diagnosisDescription = describeDocument<DiagnosisDocument>()({
  command: 'pgdeck diagnose NAME --json',
  schema: 'pgdeck.diagnosis/1',
  about: 'The diagnosis of one server or database.',
  fields: {
    schema: 'text: `pgdeck.diagnosis/1`',
    at: 'time: when it ended',
    cluster: 'text: name of the cluster',
    name: 'text: display name of the target',
    id: 'text: its name in the configuration',
    kind: {
      about: 'what it is',
      values: {
        server: 'an application server',
        database: 'a PostgreSQL server',
        pooler: 'a PgBouncer of the configuration',
        proxy: 'an HAProxy of the configuration',
        address: 'an address of the users in the configuration',
      },
    },
    health: HEALTH,
    verdict: {
      about: 'the conclusion',
      fields: {
        cause: 'text: id of the cause; null: nothing is wrong, or unknown',
        sentence: 'text: the conclusion',
        certainty: 'text: how sure it is',
        next: 'text: what to do; null: nothing',
      },
    },
    findings: {
      about: 'one per check, in their order',
      each: {
        id: 'text: id of the check',
        title: 'text: what it checks',
        result: {
          about: 'its result',
          values: {
            ok: 'as it should be',
            warn: 'may be a problem',
            fail: 'is a problem',
            unknown: 'could not be checked',
            skipped: 'does not apply',
          },
        },
        evidence: 'text: what was read',
        cause: 'text: id of the cause that it indicates; null: nothing is wrong',
        certainty: 'text: how sure that is; null: nothing is wrong',
        next: 'text: what to do; null: nothing',
        at: 'time: when the evidence was read; null: nothing was read',
        tookMs: 'milliseconds: how long the check took',
      },
    },
    tookMs: 'milliseconds: how long the diagnosis took',
  },
})

export const alertDescription = describeDocument<NotificationDocument>()({
  command: 'the body of a webhook, and the standard input of a command (`notify`)',
  schema: 'pgdeck.alert/1',
  about: 'An alert that was raised, changed or resolved.',
  fields: {
    schema: 'text: `pgdeck.alert/1`',
    event: {
      about: 'what happened',
      values: { raised: 'the alert began', changed: 'its severity changed', resolved: 'the alert ended' },
    },
    cluster: 'text: name of the cluster',
    ...ALERT,
    during: 'text: the run that caused it and still runs; null: none',
    at: 'time: of this message',
    next: {
      about: 'the key of the monitor that explains it; null: it is resolved',
      fields: { key: 'text: the key', does: 'text: what it shows' },
    },
    audit: {
      about: 'the end of the audit log when it was sent; null: the log can’t be read',
      fields: {
        lines: 'number: lines of the log',
        hash: 'text: SHA-256 of the last line, for `pgdeck audit --verify --hash`',
      },
    },
  },
})
