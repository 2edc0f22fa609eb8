#!/bin/sh
# Runs once, when the volume of the database is new: the owner of the tables and an account for each process, each with its own password.
# What each may do is arranged afterwards, by the owner: ketensluis database roles --apply
set -eu
while read -r name password; do
  psql -v ON_ERROR_STOP=1 -v name="$name" -v password="$password" -U postgres <<'SQL'
create role :"name" login password :'password';
SQL
done < /run/secrets/database-roles
psql -v ON_ERROR_STOP=1 -U postgres -c 'create database ketensluis owner ketensluis' -c 'revoke connect on database postgres from public'
