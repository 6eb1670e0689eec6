// What `config init` writes when it has nothing to look at: a config to fill in, valid as it stands.

export const CONFIG_TEMPLATE = `// pgdeck: what to watch. Comments and trailing commas are allowed.
// "pgdeck config schema" prints a JSON Schema of this file for your editor.
{
  "clusters": [
    {
      "name": "main",

      // How often pgdeck polls, and how long an answer may take.
      "interval": "2s",
      "timeout": "1500ms",

      "databases": [
        // A role that may LOGIN and is a member of pg_monitor is enough. Its password belongs in ~/.pgpass.
        { "name": "db-1", "dsn": "postgresql://pgdeck@db-1.example.net:5432/postgres" },
        { "name": "db-2", "dsn": "postgresql://pgdeck@db-2.example.net:5432/postgres" },
      ],

      // The application servers, if there are any.
      // "servers": [
      //   { "name": "app-1", "type": "primary", "url": "https://app-1.example.net/", "database": "db-1" },
      // ],

      // Limits that differ from the defaults.
      // "alerts": { "replicationLagBytes": { "warning": "8MB", "critical": "64MB" } },
    },
  ],
}
`
