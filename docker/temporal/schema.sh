#!/bin/sh
# Creates or updates both of Temporal's schemas, with the tools that belong to the server's version.
set -eu
SQL_PASSWORD=$(cat /run/secrets/postgres_password)
export SQL_PASSWORD SQL_PLUGIN=postgres12 SQL_HOST="${SQL_HOST:-postgres}" SQL_PORT="${SQL_PORT:-5432}" SQL_USER=temporal
for part in temporal:temporal temporal_visibility:visibility; do
    database=${part%%:*} schema=/etc/temporal/schema/postgresql/v12/${part##*:}/versioned
    # Setting up an existing schema is refused, and updating it is what it needs then.
    temporal-sql-tool --database "$database" setup-schema --version 0.0 || true
    temporal-sql-tool --database "$database" update-schema --schema-dir "$schema"
done
