#!/bin/sh
# What the timers of ../systemd do, at the same hours: the service `timers` of compose.yaml. A run that was missed, because
# this was not started, is made up for the next time. With a name it does the work of that timer alone, once.
set -eu
export TZ=Europe/Stockholm JOURNAL_STREAM=container        # what is printed goes to a log: without numbers and addresses
work() {
    case $1 in
        backup)
            python manage.py backup --to "/var/backups/nmt/nmt-$(date +%F-%H%M%S).dump" \
                && find /var/backups/nmt -name 'nmt-*.dump' -mtime +30 -delete ;;
        restore_drill)
            newest=$(find /var/backups/nmt -name 'nmt-*.dump' | sort | tail -n 1)
            DATABASE_URL='postgres://nmt@/nmt?host=/run/postgresql' DATABASE_PASSWORD_FILE=/run/secrets/owner_password \
                python manage.py restore_drill "$newest" ;;
        *) python manage.py "$1" ;;
    esac
}
run() {                                                     # told of where it fails, once the database and the mail server answer
    work "$1" || for _time in 1 2 3 4 5 6; do python manage.py tell_failure "$1" && break; sleep 600; done
}
if [ $# -gt 0 ]; then
    work "$1"
    exit
fi

trap 'exit 0' TERM
while :; do
    sleep $((60 - $(date +%-S))) &
    wait $!
    now=$(date +%H:%M)
    case $now in
        01:30) run backup & ;;
        02:30) run check_register & ;;
        03:00) run verify_audit & ;;
        03:30) run find_duplicates & ;;
        04:30) if [ "$(date +%u)" = 7 ]; then run restore_drill & fi ;;
        06:30) run check_certificate & ;;
        07:00) if [ "$(date +%u)" -le 5 ]; then run send_reminders & fi ;;
    esac
    case $now in *:00) run clearsessions & ;; esac
done
