#!/bin/sh
# Sets a training register up beside the register that deploy/install.sh has set up, or brings it to the same release:
#     sh /opt/nmt/deploy/training.sh training.example
# With --anew as second word all that people have done there goes, and the invented data begin again.
# Its own are: host name, user, database and its roles, keys, cookies, services. It has the code in /opt/nmt and PostgreSQL's
# server in common with the register, sends no mail, and reaches neither the register's database nor its keys and files.
set -eu
host=${1:?"the training register's address, such as training.example"}
anew=${2:-}
case $host in
    *[!a-z0-9.-]* | [.-]* | *[.-] | *..*) echo "training.sh: '$host' is no host's name, such as training.example." >&2; exit 1 ;;
esac
[ "${anew:---anew}" = --anew ] || { echo "training.sh: the second word can only be --anew, not '$anew'." >&2; exit 1; }
[ "$(id -u)" = 0 ] || { echo "training.sh: must be run as root." >&2; exit 1; }
[ -s /etc/nmt/nmt.env ] || { echo "training.sh: set the register itself up first: sh deploy/install.sh register.example" >&2; exit 1; }
! grep -q "^SITE_ADDRESS=https://$host$" /etc/nmt/nmt.env || { echo "training.sh: $host is the register itself." >&2; exit 1; }
ls -d /etc/postgresql/*/main >/dev/null 2>&1 || { echo "training.sh: needs PostgreSQL here: apt-get install postgresql" >&2; exit 1; }
cd /
umask 022

own=/etc/nmt-training
as_postgres() { runuser -u postgres -- "$@"; }
has() { as_postgres psql -qAtlc '' | cut -d'|' -f1 | grep -qx "$1"; }
random() { head -c "$1" /dev/urandom | base64 | tr '+/' '-_'; }
kept() { [ -s "$1" ] || { cat > "$1.part" && mv "$1.part" "$1"; }; }  # a file that is there stays as it is
closed() {                                                  # to all but the roles of the same name: no role of one comes to the other
    printf 'REVOKE CONNECT ON DATABASE %s FROM PUBLIC;\nGRANT CONNECT ON DATABASE %s TO %s, %s_application, %s_worker;\n' \
        "$1" "$1" "$1" "$1" "$1"
}

echo "Keys and settings in $own ..." >&2
id nmt_training >/dev/null 2>&1 \
    || adduser --system --group --home /var/lib/nmt-training --no-create-home --disabled-login nmt_training
install -d -m 0755 "$own"
(umask 077
 for name in secret notes audit; do random 32 | kept "$own/$name.key"; done
 kept "$own/nmt.env" <<END
DEMO=1
TRAINING_ADDRESS=https://$host
SITE_ADDRESS=https://$host
ALLOWED_HOSTS=$host,127.0.0.1
CSRF_TRUSTED_ORIGINS=https://$host
BEHIND_PROXY=1
PUBLIC_PAGES=0
EMAIL_HOST=
APPLICATION_ROLE=nmt_training_application
WORKER_ROLE=nmt_training_worker
END
 for name in application:web worker:worker; do
     echo "DATABASE_URL=postgres://nmt_training_${name%:*}:$(random 24)@127.0.0.1:5432/nmt_training" | kept "$own/${name#*:}.env"
 done
 printf '%s\n' "DATABASE_URL=postgres://nmt_training@/nmt_training?host=/run/postgresql" "DEMO_PASSWORD=$(random 15)" \
     | kept "$own/owner.env")                               # what people sign in with is here alone: no service has it

echo "The database ..." >&2
as_postgres psql -qAtc "SELECT 1 FROM pg_roles WHERE rolname = 'nmt_training'" | grep -q 1 || as_postgres createuser nmt_training
if [ -n "$anew" ]; then
    systemctl stop nmt-training-web.service nmt-training-worker.service 2>/dev/null || true
    as_postgres dropdb --if-exists --force nmt_training
fi
has nmt_training || as_postgres createdb --owner nmt_training --template template0 --encoding UTF8 --locale C.UTF-8 nmt_training
install -m 0755 /opt/nmt/deploy/nmt /usr/local/sbin/nmt-training
NMT_ROLE=owner nmt-training migrate
NMT_ROLE=owner nmt-training make_database_roles --print | as_postgres psql -q -v ON_ERROR_STOP=1 nmt_training
NMT_ROLE=owner nmt-training make_database_roles
for database in nmt nmt_training; do
    if has "$database"; then closed "$database" | as_postgres psql -q -v ON_ERROR_STOP=1; fi
done
for name in application:web worker:worker; do               # not on the command line, which others may read
    password=$(sed -n 's|^DATABASE_URL=postgres://[^:@/]*:\([^@]*\)@.*$|\1|p' "$own/${name#*:}.env")
    printf "ALTER ROLE nmt_training_%s PASSWORD '%s';\n" "${name%:*}" "$password"
done | as_postgres psql -q -v ON_ERROR_STOP=1
if [ -z "$(as_postgres psql -qAtc 'SELECT 1 FROM accounts_user LIMIT 1' nmt_training)" ]; then
    NMT_ROLE=owner nmt-training demo
fi

echo "Services and the proxy ..." >&2
for unit in web worker; do
    sed -f /opt/nmt/deploy/training.sed "/opt/nmt/deploy/systemd/nmt-$unit.service" \
        > "/etc/systemd/system/nmt-training-$unit.service"
done
systemctl daemon-reload
systemctl enable --quiet nmt-training-web.service nmt-training-worker.service
systemctl restart nmt-training-web.service nmt-training-worker.service
if ! [ -s /etc/ssl/training.crt ]; then
    (umask 077 && openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj "/CN=$host" -addext "subjectAltName=DNS:$host" \
        -keyout /etc/ssl/training.key -out /etc/ssl/training.crt 2>/dev/null)
    chmod 0644 /etc/ssl/training.crt
    echo "/etc/ssl/training.crt and .key are of its own making and good for a year: put yours in their place." >&2
fi
[ -e /proc/net/if_inet6 ] && no_ipv6= || no_ipv6='/listen \[::\]/d'
# What register.conf says for all of the proxy is not said again.
sed -e '1,/^log_format/d' -e "$no_ipv6" -e "s/register\.example/$host/g" /opt/nmt/deploy/nginx.conf \
    | sed -f /opt/nmt/deploy/training.sed > /etc/nginx/conf.d/training.conf
nginx -t -q
systemctl reload-or-restart nginx
if ! grep -q '^TRAINING_ADDRESS=' /etc/nmt/nmt.env; then    # from now on Help leads there
    echo "TRAINING_ADDRESS=https://$host" >> /etc/nmt/nmt.env
    systemctl restart nmt-web.service
fi
echo "Whoever practises signs in as coordinator.vast@demo.example and the like, with the password in $own/owner.env." >&2
