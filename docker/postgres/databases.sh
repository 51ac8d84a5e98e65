#!/bin/sh
# Runs once, on an empty data folder: a role and a database for Keydesk, two databases for Temporal.
set -eu
password=$(cat "$POSTGRES_PASSWORD_FILE")
psql --username "$POSTGRES_USER" --set ON_ERROR_STOP=1 --set password="$password" <<'SQL'
CREATE ROLE keydesk LOGIN PASSWORD :'password';
CREATE DATABASE keydesk OWNER keydesk;
CREATE ROLE temporal LOGIN PASSWORD :'password';
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
SQL
