#!/bin/sh
# Sets the register up on a bare Debian 13, with PostgreSQL and nginx on the same machine:
#     sh deploy/install.sh register.example
# As root, from an unpacked release. It may be run again, and is how a new release is put in: what is there stays.
set -eu
host=${1:?"the register's address, such as register.example"}
here=$(cd "$(dirname "$0")/.." && pwd)
[ "$(id -u)" = 0 ] || { echo "install.sh: must be run as root." >&2; exit 1; }
umask 077

say() { echo "$*" >&2; }
kept() { [ -e "$1" ] || cat > "$1"; }                       # a file that is there stays as it is
key() { head -c 32 /dev/urandom | base64 | tr '+/' '-_'; }
as_postgres() { runuser -u postgres -- "$@"; }

say "Packages ..."
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends python3-venv postgresql postgresql-client nginx openssl logrotate \
    libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core

say "The register in /opt/nmt ..."
id nmt >/dev/null 2>&1 || adduser --system --group --home /var/lib/nmt --no-create-home --disabled-login nmt
(umask 022
 install -d /opt/nmt
 [ "$here" = /opt/nmt ] || tar -C "$here" --exclude=.git --exclude=.venv --exclude=var --exclude=staticfiles -cf - . \
    | tar -C /opt/nmt --no-same-owner -xf -
 [ -x /opt/nmt/.venv/bin/python ] || python3 -m venv /opt/nmt/.venv
 cd /opt/nmt
 .venv/bin/pip install --quiet --disable-pip-version-check -r requirements.txt
 .venv/bin/python -m scripts.translations)

say "Keys and settings in /etc/nmt ..."
install -d -m 0755 /etc/nmt
for name in secret notes audit; do key | kept "/etc/nmt/$name.key"; done
kept /etc/nmt/nmt.env <<END
ALLOWED_HOSTS=$host,127.0.0.1
CSRF_TRUSTED_ORIGINS=https://$host
SITE_ADDRESS=https://$host
BEHIND_PROXY=1
SECURITY_SYSLOG=/dev/log
# EMAIL_HOST=, DEFAULT_FROM_EMAIL=, STATISTICS_CONTACT=: see .env.example
END
application=$(head -c 24 /dev/urandom | base64 | tr '+/' '-_')
worker=$(head -c 24 /dev/urandom | base64 | tr '+/' '-_')
[ -e /etc/nmt/web.env ] && new= || new=1
echo "DATABASE_URL=postgres://nmt_application:$application@127.0.0.1:5432/nmt" | kept /etc/nmt/web.env
echo "DATABASE_URL=postgres://nmt_worker:$worker@127.0.0.1:5432/nmt" | kept /etc/nmt/worker.env
echo "DATABASE_URL=postgres://nmt@/nmt?host=/run/postgresql" | kept /etc/nmt/owner.env
cp -p /etc/nmt/owner.env /etc/nmt/drill.env                 # the owner may make databases on this machine

say "The database ..."
for folder in /etc/postgresql/*/main; do
    install -m 0644 /opt/nmt/deploy/postgresql.conf "$folder/conf.d/nmt.conf"
done
systemctl restart postgresql
as_postgres psql -qAtc "SELECT 1 FROM pg_roles WHERE rolname = 'nmt'" | grep -q 1 || as_postgres createuser --createdb nmt
as_postgres psql -qAtlc '' | cut -d'|' -f1 | grep -qx nmt || as_postgres createdb --owner nmt --encoding UTF8 nmt
install -m 0755 /opt/nmt/deploy/nmt /usr/local/sbin/nmt
NMT_ROLE=owner nmt migrate
NMT_ROLE=owner nmt make_database_roles --print | as_postgres psql -q nmt
NMT_ROLE=owner nmt make_database_roles
if [ -n "$new" ]; then                                      # not on the command line, which others may read
    printf "ALTER ROLE nmt_application PASSWORD '%s';\nALTER ROLE nmt_worker PASSWORD '%s';\n" "$application" "$worker" \
        | as_postgres psql -q nmt
fi
nmt load_reference
(cd /opt/nmt && umask 022 && SECRET_KEY=$(key) NOTES_KEY=$(key) AUDIT_KEY=$(key) STATE_DIR=/tmp \
    .venv/bin/python manage.py collectstatic --noinput >/dev/null && chmod -R a+rX staticfiles)

say "Services and timers ..."
install -d -o nmt -g nmt -m 0700 /var/backups/nmt
install -m 0644 /opt/nmt/deploy/systemd/* /etc/systemd/system/
install -m 0644 /opt/nmt/deploy/logrotate /etc/logrotate.d/nmt
systemctl daemon-reload
systemctl enable --quiet --now nmt-web.service nmt-worker.service $(cd /opt/nmt/deploy/systemd && ls ./*.timer | sed 's|^\./||')
systemctl reload-or-restart nmt-web.service
systemctl restart nmt-worker.service

say "The proxy ..."
if [ ! -e /etc/ssl/register.crt ]; then                     # of its own making, until yours is put in its place
    openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=$host" -keyout /etc/ssl/register.key \
        -out /etc/ssl/register.crt 2>/dev/null
fi
sed "s/register\.example/$host/g" /opt/nmt/deploy/nginx.conf > /etc/nginx/conf.d/register.conf
chmod 0644 /etc/nginx/conf.d/register.conf
nginx -t -q
systemctl reload-or-restart nginx

nmt check --deploy
say "Now make two administrators:  nmt invite you@agency.example --name 'Your Name' --role administrator"
