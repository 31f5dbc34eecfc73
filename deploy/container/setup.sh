#!/bin/sh
# Makes the database with its roles and their passwords, and brings it to this release: the service `setup` of
# compose.yaml. What is there stays; it may be run again, and is run with each new release.
set -eu
superuser() {
    PGPASSWORD=$(cat /run/secrets/postgres_password) psql -Xq -v ON_ERROR_STOP=1 -h /run/postgresql -U postgres "$@" >/dev/null
}

superuser -d postgres <<'END_OF_SQL'
SELECT 'CREATE ROLE nmt LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'nmt') \gexec
\set password `cat /run/secrets/owner_password`
ALTER ROLE nmt CREATEDB PASSWORD :'password';
SELECT 'CREATE DATABASE nmt OWNER nmt' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'nmt') \gexec
END_OF_SQL
python manage.py migrate --verbosity 0
python manage.py make_database_roles --print | superuser -d nmt
python manage.py make_database_roles
superuser -d nmt <<'END_OF_SQL'
\set password `cat /run/secrets/application_password`
ALTER ROLE nmt_application PASSWORD :'password';
\set password `cat /run/secrets/worker_password`
ALTER ROLE nmt_worker PASSWORD :'password';
END_OF_SQL
export DATABASE_URL="postgres://nmt_worker@/nmt?host=/run/postgresql" DATABASE_PASSWORD_FILE=/run/secrets/worker_password
python manage.py load_reference
python manage.py check --deploy
python manage.py check_register
