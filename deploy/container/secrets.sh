#!/bin/sh
# Makes what opens the register, each its own, in secrets/ beside this file, and register.env, for compose.yaml. As root; what
# is there stays.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets tls
chmod 0711 secrets tls
made() {  # NAME, whose it is, how it may be read
    [ -s "secrets/$1" ] || { head -c 32 /dev/urandom | base64 | tr '+/' '-_' > "secrets/$1.new" && mv "secrets/$1.new" "secrets/$1"; }
    chown "$2" "secrets/$1"
    chmod "$3" "secrets/$1"
}
for name in secret.key notes.key audit.key; do              # another key would open nothing of what is there
    [ -s "secrets/$name" ] || ! [ -s secrets/postgres.password ] \
        || { echo "secrets.sh: secrets/$name is gone or empty: put its copy back first." >&2; exit 1; }
done
for name in secret.key notes.key audit.key owner.password application.password worker.password; do
    made "$name" 10001:10001 0400
done
[ -e register.env ] || echo '# EMAIL_HOST=, DEFAULT_FROM_EMAIL=, STATISTICS_CONTACT=, METRICS_TOKEN=: see .env.example' > register.env
made postgres.password 999:10001 0440                       # the database's own user, and setup.sh; made last
