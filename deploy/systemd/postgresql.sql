-- Run as the superuser, with the password of gongkai.env. Settings for a machine with 8 GiB; the first needs a restart.
ALTER SYSTEM SET shared_buffers = '1GB';
ALTER SYSTEM SET effective_cache_size = '4GB';
ALTER SYSTEM SET work_mem = '32MB';
ALTER SYSTEM SET maintenance_work_mem = '256MB';
ALTER SYSTEM SET max_wal_size = '4GB';
ALTER SYSTEM SET random_page_cost = 1.1;
CREATE ROLE gongkai LOGIN PASSWORD 'PASSWORD';
-- C.UTF-8: with the locale C text search is right but slow.
CREATE DATABASE gongkai OWNER gongkai ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\connect gongkai
CREATE EXTENSION IF NOT EXISTS pg_trgm;
