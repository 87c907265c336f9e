-- The roles of the services that have tables. `gongkai grant` gives them their rights once `gongkai migrate` made those.
\getenv fetcher FETCHER_PASSWORD
\getenv store STORE_PASSWORD
SELECT format('CREATE ROLE %I LOGIN', name) FROM unnest(ARRAY['gongkai_fetcher', 'gongkai_store']) AS name
  WHERE name NOT IN (SELECT rolname FROM pg_roles) \gexec
ALTER ROLE gongkai_fetcher PASSWORD :'fetcher';
ALTER ROLE gongkai_store PASSWORD :'store';
