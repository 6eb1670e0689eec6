// docs/actions.md, from the registry of actions.

import type { Action, ActionField } from '../src/actions/definition/action.ts'
import { ACTIONS } from '../src/profiles/actions.ts'
import {
  STEP_RULES,
  type StepCircumstance,
  type StepDoer,
  type StepEffect,
  type StepRule,
  type StepVerdict,
} from '../src/runtime/runs/steps/step-rules.ts'

const HEAD = `# Actions

Actions for the selected row, from the screen (\`a\` lists them and says why one is not possible now) and from the shell
(\`pgdeck do ACTION [NAME] [--set KEY=VALUE…]\`). Both use the same executor. Made from the code by \`npm run generate\`.

* **A plan first.** pgdeck makes it on readings of this moment: each step with the exact statement, command or edit, its host, how its
  effect is verified and what can be undone. \`--dry-run\` prints the plan and changes nothing.
* **Checks.** Each is \`pass\`, \`warn\` or \`fail\`, with its figure. What pgdeck cannot find out is a warning, never a pass. A failed check
  blocks the action (exit 4). Some failed checks can be overruled: \`--override CHECK=REASON\`, or \`o\` on the screen.
* **The cost.** Bytes and seconds of lost commits, cut sessions, servers that move, and what the action leaves behind.
* **Confirmation by danger.** \`routine\`: enter. \`disruptive\`: \`y\`. \`outage\` and \`data-loss\`: type the name
  (\`--confirm NAME\`). \`--yes\` confirms the first two only. A paste confirms nothing.
* **Steps.** Each is written to a journal before and after it runs. It counts as done only when later readings show its effect. When an
  answer is lost, pgdeck looks for the effect. Without access to a host its steps are yours to do: pgdeck shows the commands and
  waits for their effect (\`m\` reports that it was done).
* **Silence proves nothing.** A server that refuses connections or is silent may still run: a cut network looks the same. Its own host
  must report that it is stopped, or a person (\`m\`, or \`--skip STEP=REASON\` in a script). The record keeps who said so. A
  standby is not promoted while its WAL receiver, or that of another standby, is connected to a possible primary. The step waits
  until \`wal_receiver_timeout\` has ended the connection, and stops when WAL still arrives.
* **The loss is proven, not planned.** A switchover waits for the shutdown checkpoint of the old primary. When that has arrived, nothing is
  lost. Where its host can't report the checkpoint, the loss is "at least 0 B", because WAL after the last reading is unknown. To skip
  such a step the reason must begin with "NAME may lose data:", and the action becomes \`data-loss\`.
* **"Done" depends on the users.** After a change of roles it reads "done: users are served by app-a (read-write)". Application servers
  get 10 seconds to move. If users who could write before, or who had no access, can't write then, it reads "done, but app-a still uses
  db-1: users can only read", with the next step and exit code 1. A server has moved when it has sessions on the writable
  database and none on the database that the configuration names. A fence ends writes on purpose. JSON: \`served\`.
* **The plan is compared with the current state** before each step. The run stops when another program or person promoted or started a server.
* **Managers.** Each action that changes a role, data, a slot or pg_hba.conf asks whether Patroni, repmgr, pg_auto_failover or another
  manager is, or may be, in charge ([how](managers.md)). Signs that any user of the database can fake only warn.
* **Files and programs of the owner of the data.** Where the account of \`hosts[].ssh\`, or your own on a \`local\` host, is not the owner of the
  data, set \`"as": "postgres"\` for the host and allow \`sudo -n\` there: \`ops ALL=(postgres) NOPASSWD: ALL\` in sudoers. pgdeck then reads the
  files of PostgreSQL, and runs its programs, as that user; sudo never asks for a password.
  Where sudoers has \`log_input\`, sudo records what those shells are sent, for a moment also a password of replication: \`Defaults:ops !log_input\`.
  Commands of the configuration run as the account
  itself, except \`start\` and \`stop\` of the host unless they begin with sudo, systemctl, service or the like. What an account may not read or
  write is named in the plan (\`data-access\`) and by \`doctor\`.
* **Clients of a pooler wait, and lose nothing.** With \`poolers\` in the configuration a switchover pauses the pools that lead to the
  primary before it is stopped, and resumes them when they lead to the new one: transactions that are open end first (\`pauseTimeout\`, 30
  seconds by default, then the run stops), and clients that can wait see no error. Whatever ends the run before that (a failed step, a stop, an
  undo, a resumed run that stops), RESUME comes first. See [connections](connections.md#poolers-and-addresses-in-actions).
* **What moves the primary ends with a proof.** For each of \`addresses\` that should lead to the primary, a new session through it writes on the
  new primary and rolls back. Where it does not get there, the run says what it reached instead.
* **A standby stays a standby.** Each step that creates \`standby.signal\` also empties a recovery target that an earlier restore left
  in \`postgresql.auto.conf\`. With such a target the server would stop there, or promote itself.
* **A backup holds all tablespaces**, in one file or folder: the files of each in \`pg_tblspc/OID\`, verified with the rest. To restore it, unpack
  it into the new data directory, move the content of each \`pg_tblspc/OID\` into an empty folder of the owner of the data, remove
  \`pg_tblspc/OID\`, and put that folder into the line of that OID in \`tablespace_map\`. The first start makes the links from it. Until the
  files are moved, PostgreSQL refuses to start.
* **Tablespaces** are rebuilt where the server has them, else in the same path as on its upstream, or where \`--set tablespaces=NAME=/PATH,…\` puts
  them (a backslash before a comma or \`=\` in a name). Two servers on one host can't share a path: without access to the host, the path
  of an upstream at the same address blocks, too, until overruled. By hand, only data to which the old data directory leads is moved. The new files are received into
  \`pgdeck-RUN.part\` within that folder and swapped by renames there, so it may be a mount point; the old ones stay in \`pgdeck-RUN.old\` with
  the old data. \`pg_rewind\` leaves tablespaces where they are.
* **Lines of pg_hba.conf are verified by \`pg_hba_file_rules\`**, added or removed. A line behind one that matches all its connections is
  refused. Where a \`postgresql.conf\` has an error, actions that reload or restart that server report it first.
* **A setting is changed on every server**, by ALTER SYSTEM. The plan shows the old value of each, where it comes from, and what the
  new one needs: a reload or a restart. Settings that a standby must not have smaller are raised on the standbys first. They are lowered on the
  primary alone: the standbys follow, by the same action once more, when it has restarted with the lower value. Values that a server
  would refuse, now or at its next start, block the plan; so do libraries that are missing, and a value on the command line of a server. Values
  that endanger data or access need the name of the setting typed. Undo restores what ALTER SYSTEM had set.
* **Split brain.** Where several databases with one system identifier are writable, \`fence\` refuses the one to keep. Where the users
  are on one and another one is newer, the plan shows both and leaves the choice to you.
* **Interrupted?** \`pgdeck do --resume RUN\`, or \`a\` at the next start, continues the run. Finished steps are verified, not repeated. The
  servers must be those of the plan: pgdeck refuses to resume on another server, with the nodes of another configuration, or after a restart that the
  run did not do. A step whose arguments in the journal are not of its kind
  never runs: pgdeck names the run, the step and the argument. A run whose steps in the journal are not those that were confirmed is refused. A run of 0.1.0 recorded no servers, so a person confirms those of now. Commands of the configuration are read from it again
  and must be unchanged. \`pgdeck do --abort RUN\` undoes what can be undone. \`pgdeck runs\` lists all runs; \`pgdeck audit\` shows who did what and why.
* **One run per cluster**, from any host, for actions that change roles, data directories, settings or slots. The run holds every
  server that can be read, visible to all. pgdeck names the other run. \`--override run-lock=REASON\` continues all the
  same and ends the other run ([how](../SECURITY.md#one-run-per-cluster)).
* \`--read-only\`, or \`"readOnly": true\` of a cluster, refuses all actions (exit 4).

Exit codes of \`pgdeck do\`: 0 done and verified; 1 not done, or done but users can't write; 4 blocked or not
confirmed, nothing was changed; 5 stopped half way.
`

/** The document. */
export function actionsDocument(): string {
  return `${HEAD}\n${stepRules()}\n${ACTIONS.map(section).join('\n')}`
}

const EFFECTS: Readonly<Record<StepEffect, string>> = {
  yes: 'the effect',
  'not-yet': 'no effect yet',
  never: 'that the effect will not come',
  'by-word': 'nothing: only a person can know',
  'other-server': 'that another server answers',
}

const DOERS: Readonly<Record<StepDoer, string>> = {
  pgdeck: 'pgdeck',
  person: 'a person at the terminal',
  nobody: 'a person, in a script',
}

const CIRCUMSTANCES: Readonly<Record<StepCircumstance, string>> = {
  'lock-lost': 'another run has the cluster',
  'said-done': '`m` was pressed',
  'left-out': 'a reason was given with `s`',
  stopping: 'the run is to stop',
  overdue: 'the time limit of the step is over',
}

const VERDICTS: Readonly<Record<StepVerdict, string>> = {
  done: 'done; the record keeps the evidence',
  'done-by-word': 'done, as reported by that person',
  skipped: 'skipped, with that reason in the journal',
  failed: 'failed: pgdeck asks, or the run stops',
  stopped: 'the run stops',
  'stopped-without-lock': 'the run stops and names the other run',
  'unknown-elsewhere': 'unknown: the readings of another server prove nothing',
  'unknown-needs-person': 'unknown: a person must report it (`m`, or `--skip` where allowed)',
  'unknown-overdue': 'unknown: the effect may still come',
  'look-again': 'pgdeck waits and looks again',
}

function stepRules(): string {
  const head = ['| a look found | done by | and | then |', '| --- | --- | --- | --- |']
  return `## What becomes of a step

pgdeck records a step, runs it (a manual step is for a person), and then looks for its effect on newer readings. After each look the first
row that fits decides:

${[...head, ...STEP_RULES.map(ruleRow)].join('\n')}

The plan gives each step its time limit. A second stop ends the run at once; the step is looked for when the run is resumed. A step that
was interrupted is looked for before it runs again. A command that only reports an exit code does not run a second time without a question.
`
}

function ruleRow({ seen, by, when, verdict }: StepRule): string {
  const cells = [
    seen === undefined ? 'anything else' : EFFECTS[seen],
    by === undefined
      ? 'anybody'
      : by.length === 2 && !by.includes('pgdeck')
        ? 'a person'
        : by.map((each) => DOERS[each]).join(', or '),
    when.map((each) => CIRCUMSTANCES[each]).join(', and '),
    VERDICTS[verdict],
  ]
  return `| ${cells.join(' | ')} |`
}

function section({ name, title, explains, key, danger, target, locks, fields }: Action): string {
  const facts = [
    `* on: ${target === 'node' ? 'a database or server' : target === 'cluster' ? 'the cluster' : `a ${target}`}`,
    `* danger: ${danger}`,
    ...(locks === 'none' ? ['* runs beside other runs'] : []),
    ...(key === null ? [] : [`* key: \`${key}\``]),
    ...fields.map(fieldText),
  ]
  return `## ${name}\n\n${capital(title)}. ${explains}\n\n${facts.join('\n')}\n`
}

function fieldText({ name, explains, kind, choices, required, defaultText, profiles }: ActionField): string {
  const what = kind === 'choice' ? (choices ?? []).map((each) => `\`${each}\``).join(', ') : kind
  const need = required ? 'required' : defaultText === undefined ? 'optional' : `default: ${defaultText}`
  const having = profiles === undefined ? '' : `; profile ${profiles.map((id) => `\`${id}\``).join(', ')}`
  return `* \`--set ${name}=…\` (${what}; ${need}${having}): ${explains}`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
