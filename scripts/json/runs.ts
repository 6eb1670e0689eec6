// What each field of the documents about actions means: plans and runs, the list of actions, the audit log.

import type { auditDocument, auditVerdictDocument } from '../../src/cli/commands/audit/run.ts'
import type { actionsDocument } from '../../src/cli/commands/do/list.ts'
import type { runsDocument } from '../../src/cli/commands/runs/run.ts'
import type { runDocument } from '../../src/model/runs/run-document.ts'
import { describeDocument, describePart } from './describe.ts'
import { OBSERVED_RUN } from './values.ts'

const DANGER = {
  about: 'how much it may hurt; each level asks for another confirmation',
  values: {
    routine: 'nothing is interrupted',
    disruptive: 'sessions or statements are interrupted',
    outage: 'users can’t write for a while',
    'data-loss': 'commits or data may be lost',
  },
} as const

const run = describePart<ReturnType<typeof runDocument>>()({
  schema: 'text: `pgdeck.run/1`',
  run: 'text: id of the run, for `--resume`, `--abort` and `pgdeck runs`',
  action: 'text: the action, as in actions.md',
  cluster: 'text: name of the cluster',
  target: 'text: id of its target; null: the whole cluster',
  input: 'map: the values given with `--set`, without secrets',
  danger: DANGER,
  state: {
    about: 'its state',
    values: {
      planned: 'checked, not started',
      blocked: 'a check failed and was not overruled',
      running: 'started, not ended',
      done: 'every step is verified',
      stopped: 'ended before that; `outcome` says how',
      aborted: 'stopped, and its steps were undone',
    },
  },
  outcome: {
    about: 'its state in more detail',
    values: {
      planned: 'checked, not started',
      blocked: 'a check failed and was not overruled',
      confirmed: 'the user confirmed it',
      running: 'a step runs',
      verifying: 'a step is verified',
      done: 'every step is verified',
      failed: 'a step failed',
      unknown: 'the effect of a step is unknown',
      stopped: 'the user or a change of the cluster stopped it',
      aborted: 'stopped, and its steps were undone',
    },
  },
  why: 'text: why it ended so; null: it runs, or it is done without a remark',
  served: {
    about: 'who served the users at its end; null: not ended, or no change of roles',
    fields: {
      access: {
        about: 'what the users could do; null: unknown',
        values: {
          'read-write': 'everything',
          'read-write-no-resets': 'everything except resets of passwords',
          'read-only': 'reading only',
          redirects: 'they were sent to another server',
          none: 'nothing',
        },
      },
      by: 'list: ids of the servers that served them, or of the writable databases',
      still: 'list: ids of servers that used a database which was not writable',
      writable: 'list: ids of the writable databases',
      suffices: 'flag: false if users could not write who could before',
      words: 'text: the same in one sentence',
    },
  },
  who: 'text: the user',
  plannedAt: 'time: when it was planned; null: never',
  startedAt: 'time: when it started; null: it did not',
  endedAt: 'time: when it ended; null: it did not',
  impact: {
    about: 'its cost',
    fields: {
      lossBytes: 'bytes: WAL that is lost; null: unknown',
      lossSeconds: 'seconds: of commits that are lost; null: unknown',
      lossBound: {
        about: 'what lossBytes means; null: nothing is known',
        values: {
          exact: 'the action itself determines it',
          'as-read': 'the difference of two fresh readings',
          'at-least': 'missing at the last reading; what was written since is unknown',
          'at-most': 'missing of what is known; an archive may hold some of it',
          'none-confirmed': 'every confirmed commit had reached synchronous standbys',
          'shared-storage': 'none: instances of Aurora share one storage; lossBytes is null',
        },
      },
      lossAgeSeconds: 'seconds: age of the readings of the loss; null: not an estimate',
      writableInSeconds: 'seconds: until the target is writable; null: unknown, or not part of the action',
      sessionsCut: 'number: client sessions that end; null: unknown',
      serversAffected: 'list: names of application servers that lose or change their database',
      orphans: 'list: slots, standbys and others that lose what they depend on',
      statement: 'text: the cost in one or two sentences',
      servingAfter: 'text: who serves the users once it is done; null: the action changes no roles',
    },
  },
  checks: {
    about: 'the pre-flight checks',
    each: {
      id: 'text: id for `--override`',
      result: {
        about: 'its result',
        values: { pass: 'as it should be', warn: 'to consider', fail: 'blocks, unless it was overruled' },
      },
      message: 'text: one sentence with its figure',
      hint: 'text: what to do; null: nothing',
      overridden: 'text: the reason with which it was overruled; null: it was not',
    },
  },
  steps: {
    about: 'the steps, in order',
    each: {
      id: 'text: id for `--skip`',
      title: 'text: what it does',
      how: {
        about: 'the means',
        values: {
          sql: 'a statement',
          ssh: 'a command over ssh',
          local: 'a command on this host',
          file: 'an edit of a file',
          http: 'an HTTP request',
          manual: 'a person',
        },
      },
      where: 'text: the database, host or server',
      detail: 'text: the exact statement, command or difference',
      state: {
        about: 'its state',
        values: {
          pending: 'not started',
          running: 'runs',
          verifying: 'its effect is looked for',
          done: 'its effect is verified',
          failed: 'failed',
          unknown: 'its effect is unknown',
          skipped: 'the user skipped it',
          undone: 'undone',
        },
      },
      verify: 'text: how its effect is verified',
      undo: 'text: how it is undone; null: it can’t be',
      ifStopped: 'text: what it means to stop after it',
      note: 'text: the evidence of its effect, or why it failed or was skipped; null: none',
      proof: 'map: figures of the evidence; null: none',
      word: 'text: the user who confirmed or skipped it; null: pgdeck verified it',
      startedAt: 'time: when it started; null: it did not',
      endedAt: 'time: when it ended; null: it did not',
    },
  },
})

export const runDescription = describeDocument<ReturnType<typeof runDocument>>()({
  command: 'pgdeck do ACTION --json, pgdeck runs RUN --json',
  schema: 'pgdeck.run/1',
  about: 'One run of an action, also before it starts (`--dry-run`).',
  fields: run,
})

export const runsDescription = describeDocument<ReturnType<typeof runsDocument>>()({
  command: 'pgdeck runs --json',
  schema: 'pgdeck.runs/1',
  about: 'The runs of this state directory, newest first, and those that servers show.',
  fields: {
    schema: 'text: `pgdeck.runs/1`',
    runs: { about: 'each as its own document', each: run },
    elsewhere: {
      about: 'runs on other hosts, as the servers show them',
      each: { cluster: 'text: name of the cluster', ...OBSERVED_RUN },
    },
  },
})

export const actionsDescription = describeDocument<ReturnType<typeof actionsDocument>>()({
  command: 'pgdeck do --list --json',
  schema: 'pgdeck.actions/1',
  about: 'Every action, with those of the configuration.',
  fields: {
    schema: 'text: `pgdeck.actions/1`',
    actions: {
      about: 'one per action',
      each: {
        name: 'text: the ACTION of `pgdeck do`',
        title: 'text: as in the menu',
        explains: 'text: what it does',
        key: 'text: its key in the monitor; null: only in the menu',
        danger: DANGER,
        target: {
          about: 'the NAME that it takes',
          values: {
            database: 'a database',
            server: 'an application server',
            node: 'a database or an application server',
            cluster: 'no name',
          },
        },
        arguments: {
          about: 'its values for `--set`',
          each: {
            name: 'text: the NAME of `--set NAME=VALUE`',
            explains: 'text: its meaning',
            kind: {
              about: 'its form',
              values: {
                text: 'any text',
                number: 'a number',
                boolean: '`yes` or `no`',
                duration: 'such as `30s`',
                choice: 'one of `choices`',
              },
            },
            choices: 'list: the allowed values; absent for other kinds',
            required: 'flag: whether it must be given',
            profiles: 'list: only for clusters of these profiles; absent: for all',
            otherwise: 'text: the default; absent: none',
          },
        },
      },
    },
  },
})

export const auditDescription = describeDocument<ReturnType<typeof auditDocument>>()({
  command: 'pgdeck audit --json',
  schema: 'pgdeck.audit/1',
  about: 'Entries of the audit log, and of the audits of the applications, oldest first.',
  fields: {
    schema: 'text: `pgdeck.audit/1`',
    entries: {
      about: 'one per entry',
      each: {
        at: 'time: when it happened',
        who: {
          about: 'the user',
          fields: {
            user: 'text: name of the user, with sudo the one who called it; null: the application does not say',
            ssh: 'text: address of the SSH client; null: a local session',
            tty: 'text: the terminal; null: none',
          },
        },
        cluster: 'text: name of the cluster; null: of none',
        server: 'text: id of the server or database; null: the whole cluster',
        category: {
          about: 'its kind; null: the application has another word for it',
          values: {
            resource: 'a change of what is watched',
            user: 'something that a person did',
            task: 'something that was done automatically',
          },
        },
        what: 'text: what happened',
        plan: 'any: the plan of a run; null: not about a run',
        result: 'any: its result; null: none',
        source: {
          about: 'who wrote it',
          values: { pgdeck: 'pgdeck, in its audit log', application: 'the application server `server`' },
        },
        from: 'text: the address that the application gives, or that of the SSH client; null: none',
        applicationCategory: 'text: the category in the words of the application; null: of pgdeck, or not said',
        clockAheadMs: 'number: how far the clock that wrote `at` is ahead; 0: not surely',
        outage: 'flag: true if it was written while mirrored databases exchanged no changes',
      },
    },
    sources: {
      about: 'one per source of the audit of an application; empty without any',
      each: {
        cluster: 'text: name of the cluster',
        server: 'text: id of the application server',
        source: 'text: the source in words',
        entries: 'number: entries that were read',
        problem: 'text: why it could not be read; null: it was',
        hint: 'text: what to do next; null: nothing',
        clockAheadMs: 'number: how far its clock is ahead of this host; null: unknown',
        unreadable: 'number: lines of another form',
        leftOut: 'flag: true if older entries were left out',
      },
    },
    outages: {
      about: 'the outages of the exchange of mirrored clusters, the newest first',
      each: {
        cluster: 'text: name of the cluster',
        from: 'time: when it began',
        to: 'time: when it ended; null: it lasts',
      },
    },
  },
})

export const auditVerdictDescription = describeDocument<ReturnType<typeof auditVerdictDocument>>()({
  command: 'pgdeck audit --verify --json',
  schema: 'pgdeck.audit-verdict/1',
  about: 'Whether the audit log is unchanged.',
  fields: {
    schema: 'text: `pgdeck.audit-verdict/1`',
    ok: 'flag: true if every line is unchanged',
    lines: 'number: lines of the log; absent if ok is false',
    hash: 'text: SHA-256 of the last line; absent if ok is false',
    after: 'number: lines after the one with the noted hash; null: no hash was given; absent if ok is false',
    file: 'text: the file with the flaw; absent if ok is true',
    line: 'number: its line; absent if ok is true',
    why: 'text: what is wrong with it; absent if ok is true',
  },
})
