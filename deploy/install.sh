#!/bin/sh
# Sets the register up on a bare Debian 13, with PostgreSQL and nginx on the same machine:
#     sh deploy/install.sh register.example
# As root, from an unpacked release. It may be run again, also where it was stopped, and is how a new release is put in:
# what is there stays. Each release has a folder in /opt/nmt-releases, and /opt/nmt leads to the one that serves. The way
# back is the former release's own script: sh /opt/nmt-releases/.../deploy/install.sh register.example. Where /etc/nmt/owner.env, web.env and worker.env already name another server, PostgreSQL is there.
set -eu
host=${1:?"the register's address, such as register.example"}
case $host in
    *[!a-z0-9.-]* | [.-]* | *[.-] | *..*) echo "install.sh: '$host' is no host's name, such as register.example." >&2; exit 1 ;;
esac
here=$(cd "$(dirname "$0")/.." && pwd -P)
[ "$(id -u)" = 0 ] || { echo "install.sh: must be run as root." >&2; exit 1; }
was=$(sed -n 's|^SITE_ADDRESS=https\{0,1\}://||p' /etc/nmt/nmt.env 2>/dev/null || true)
[ "${was:-$host}" = "$host" ] || { echo "install.sh: the register is $was in /etc/nmt/nmt.env: change it there first." >&2; exit 1; }
cd /
umask 022                                                   # of packages and code; keys and settings have their own
[ "$(locale charmap 2>/dev/null)" = UTF-8 ] || export LC_ALL=C.UTF-8

step=
say() { step=$*; echo "$*" >&2; }
trap '[ -z "$step" ] || echo "install.sh: stopped at: $step What ran before runs on; put right what is said above and run it again." >&2' EXIT
kept() { [ -s "$1" ] || { cat > "$1.part" && mv "$1.part" "$1"; }; }  # a file that is there stays as it is
placed() {                                                  # what somebody has changed since stays, the new one beside it
    cat > "$1.new"
    if [ -e "$1" ] && ! cmp -s "$1" "$1.new" && ! sha256sum --status -c "/etc/nmt/${1##*/}.sum" 2>/dev/null; then
        echo "$1 was changed and stays; this release's is $1.new: compare them." >&2
        return
    fi
    mv "$1.new" "$1"
    sha256sum "$1" > "/etc/nmt/${1##*/}.sum"
}
apt() { apt-get -qq -o DPkg::Lock::Timeout=600 "$@"; }         # another may hold the lock, as in a new machine's first minutes
updated() {                                                 # apt waits for no lock of its lists: ten minutes, then its message
    for _try in $(seq 120); do
        apt update 2>/tmp/nmt-apt.$$ && { rm -f /tmp/nmt-apt.$$; return; }
        grep -q 'Could not get lock' /tmp/nmt-apt.$$ || break
        sleep 5
    done
    cat /tmp/nmt-apt.$$ >&2
    rm -f /tmp/nmt-apt.$$
    return 1
}
code() {                                                    # of a release: without what its folder has besides
    tar -C "$here" --anchored --exclude='./.git' --exclude='./.venv*' --exclude=./var --exclude=./staticfiles \
        --exclude=./.env --exclude=./deploy/container/secrets --exclude=./deploy/container/tls \
        --exclude=./deploy/container/register.env --exclude=./tests --exclude=./bench --exclude='*__pycache__' \
        --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX -cf - .
}
serving() {                                                 # the name of the release that answers
    python3 -c 'import json, urllib.request as ask
print(json.load(ask.urlopen("http://127.0.0.1:8000/readyz", timeout=2))["release"])' 2>/dev/null || true
}
answers() {                                                 # within a minute
    until_then=$(($(date +%s) + 60))
    while [ "$(date +%s)" -lt "$until_then" ]; do
        if [ "$(serving)" = "$1" ]; then return; fi
        sleep 1
    done
    return 1
}
leads_to() { ln -sfn "$1" /opt/nmt.new && mv -T /opt/nmt.new /opt/nmt; }
units() {
    install -m 0644 /opt/nmt/deploy/systemd/* /etc/systemd/system/
    systemctl daemon-reload
}
key() { head -c 32 /dev/urandom | base64 | tr '+/' '-_'; }
as_postgres() { runuser -u postgres -- "$@"; }
database_is_here() { [ ! -s /etc/nmt/owner.env ] || grep -q 'host=/run/postgresql' /etc/nmt/owner.env; }
password_in() { sed -n "s|^DATABASE_URL=postgres://[^:@/]*:\([^@'\\]*\)@127\.0\.0\.1:5432/nmt$|\1|p" "/etc/nmt/$1.env"; }

say "Packages ..."
export DEBIAN_FRONTEND=noninteractive
updated
apt install -y --no-install-recommends adduser python3-venv postgresql-client nginx openssl logrotate dbus tzdata \
    libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core

systemctl start dbus.socket                                 # of a bus that was installed just now
if database_is_here; then apt install -y --no-install-recommends postgresql; fi

say "The release in /opt/nmt-releases ..."
id nmt >/dev/null 2>&1 || adduser --system --group --home /var/lib/nmt --no-create-home --disabled-login nmt
install -d /opt/nmt-releases
if [ -d /opt/nmt ] && ! [ -L /opt/nmt ]; then               # as earlier versions of this script left it
    mv /opt/nmt /opt/nmt-releases/first
    ln -s /opt/nmt-releases/first /opt/nmt
fi
former=$(readlink /opt/nmt || true)
case $here in
    /opt/nmt-releases/*) release=$here ;;                   # one that was put in before
    *) release=/opt/nmt-releases/$(sed -n 's/^version = "\(.*\)"/\1/p' "$here/pyproject.toml")-$(code | sha256sum | cut -c 1-8) ;;
esac
if ! [ -e "$release/.made" ]; then
    [ "$release" != "$here" ] || { echo "install.sh: $here is not whole: unpack the release anew." >&2; exit 1; }
    rm -rf "$release"                                       # of a run that was stopped early
    install -d "$release"
    code | tar -C "$release" --no-same-owner -xf -
    echo "${release##*/}" > "$release/RELEASE"
    (cd "$release"
     python3 scripts/prepare.py .venv requirements.txt
     .venv/bin/python -m scripts.translations
     .venv/bin/python -m scripts.names
     export SECRET_KEY=$(key) NOTES_KEY=$(key) AUDIT_KEY=$(key) STATE_DIR=/tmp  # of no register
     .venv/bin/python manage.py collectstatic --noinput >/dev/null
     .venv/bin/gunicorn nmt_site.wsgi:application --config deploy/gunicorn.conf.py --check-config  # the server can be loaded
     .venv/bin/python -m compileall -q -j 0 . >/dev/null 2>&1 || true  # the services may not write there
     chmod -R a+rX .)
    touch "$release/.made"
fi
(cd "$release" && python3 scripts/prepare.py .venv requirements.txt)  # made anew where Debian's Python is another

say "Keys and settings in /etc/nmt ..."
install -d -m 0755 /etc/nmt
(umask 077
 for name in secret notes audit; do                         # another key would open nothing of what is there
     [ -s "/etc/nmt/$name.key" ] || ! [ -e /etc/nmt/register.conf.sum ] \
         || { echo "install.sh: /etc/nmt/$name.key is gone or empty: put its copy back first." >&2; exit 1; }
     key | kept "/etc/nmt/$name.key"
 done
 kept /etc/nmt/nmt.env <<END
ALLOWED_HOSTS=$host,127.0.0.1
CSRF_TRUSTED_ORIGINS=https://$host
SITE_ADDRESS=https://$host
BEHIND_PROXY=1
SECURITY_SYSLOG=/dev/log
TLS_CERTIFICATE=/etc/ssl/register.crt
# EMAIL_HOST=, DEFAULT_FROM_EMAIL=, STATISTICS_CONTACT=, METRICS_TOKEN=: see .env.example
END
 for name in application:web worker:worker; do
     echo "DATABASE_URL=postgres://nmt_${name%:*}:$(head -c 24 /dev/urandom | base64 | tr '+/' '-_')@127.0.0.1:5432/nmt" \
         | kept "/etc/nmt/${name#*:}.env"
 done
 echo "DATABASE_URL=postgres://nmt@/nmt?host=/run/postgresql" | kept /etc/nmt/owner.env
 kept /etc/nmt/drill.env < /etc/nmt/owner.env)              # the owner may make databases on this machine

say "The database ..."
if database_is_here; then
    for folder in /etc/postgresql/*/main; do
        install -m 0644 "$release/deploy/postgresql.conf" "$folder/conf.d/nmt.conf"
    done
    install -D -m 0644 "$release/deploy/postgresql.service.conf" /etc/systemd/system/postgresql@.service.d/nmt.conf
    systemctl daemon-reload
    systemctl reload-or-restart postgresql
    as_postgres psql -qAtc "SELECT 1 FROM pg_roles WHERE rolname = 'nmt'" | grep -q 1 || as_postgres createuser --createdb nmt
    as_postgres psql -qAtlc '' | cut -d'|' -f1 | grep -qx nmt \
        || as_postgres createdb --owner nmt --template template0 --encoding UTF8 --locale "${LC_ALL:-${LANG:-C.UTF-8}}" nmt
fi
install -m 0755 "$release/deploy/nmt" /usr/local/sbin/nmt
export NMT_FOLDER="$release"                                # /opt/nmt leads to the former release still, which serves on
NMT_ROLE=owner nmt migrate
if database_is_here; then
    NMT_ROLE=owner nmt make_database_roles --print | as_postgres psql -q -v ON_ERROR_STOP=1 nmt
fi
NMT_ROLE=owner nmt make_database_roles                      # elsewhere it says what PostgreSQL's superuser has to say first
if database_is_here; then
    for name in application:web worker:worker; do           # not on the command line, which others may read
        password=$(password_in "${name#*:}")
        [ -z "$password" ] || printf "ALTER ROLE nmt_%s PASSWORD '%s';\n" "${name%:*}" "$password"
    done | as_postgres psql -q -v ON_ERROR_STOP=1 nmt
fi
nmt load_reference
nmt check --deploy

say "Services and timers ..."
unset NMT_FOLDER
install -d -o nmt -g nmt -m 0700 /var/backups/nmt
install -m 0644 "$release/deploy/logrotate" /etc/logrotate.d/nmt
leads_to "$release"
units
timers=$(cd /opt/nmt/deploy/systemd && ls ./*.timer | sed 's|^\./||')
systemctl enable --quiet nmt-web.service nmt-worker.service $timers
systemctl reload-or-restart nmt-web.service || true
if ! answers "${release##*/}"; then
    journalctl --no-pager -o cat -n 20 -u nmt-web.service >&2
    echo "install.sh: the server of ${release##*/} does not answer." >&2
    if [ -n "$former" ] && [ "$former" != "$release" ]; then
        leads_to "$former"
        units
        systemctl restart nmt-web.service
        echo "install.sh: /opt/nmt leads to ${former##*/} again, which serves." >&2
    fi
    exit 1
fi
systemctl restart nmt-worker.service $timers

say "The proxy ..."
if ! [ -s /etc/ssl/register.crt ]; then
    (umask 077 && openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj "/CN=$host" -addext "subjectAltName=DNS:$host" \
        -keyout /etc/ssl/register.key -out /etc/ssl/register.crt 2>/dev/null)
    chmod 0644 /etc/ssl/register.crt                        # its last day is read by the register
    echo "/etc/ssl/register.crt and .key are of its own making and good for a year: put yours in their place." >&2
fi
if [ "$(readlink /etc/nginx/sites-enabled/default)" = /etc/nginx/sites-available/default ]; then
    rm /etc/nginx/sites-enabled/default                     # Debian's welcome, to whoever asks by another name
fi
[ -e /proc/net/if_inet6 ] && no_ipv6= || no_ipv6='/listen \[::\]/d'
sed -e "$no_ipv6" -e "s/register\.example/$host/g" /opt/nmt/deploy/nginx.conf | placed /etc/nginx/conf.d/register.conf
nginx -t -q
install -D -m 0644 /opt/nmt/deploy/nginx.service.conf /etc/systemd/system/nginx.service.d/nmt.conf
systemctl daemon-reload
systemctl reload-or-restart nginx

if [ -s /etc/nmt-training/nmt.env ]; then                  # which has this code too
    say "The training register ..."
    sh /opt/nmt/deploy/training.sh "$(sed -n 's|^SITE_ADDRESS=https://||p' /etc/nmt-training/nmt.env)"
fi

say "Checks ..."
nmt check_register                                          # and counts each year, so that no reader waits for it
if [ "$former" != "$release" ]; then
    for folder in /opt/nmt-releases/*; do                   # this release and the one before it stay
        case $folder in "$release" | "$former") ;; *) rm -rf "$folder" ;; esac
    done
fi
step=
echo "Now make two administrators:  nmt invite you@agency.example --name 'Your Name' --role administrator" >&2
