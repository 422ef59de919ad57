-- A Grafana user for the people of one company: it sees that company's rows and no others, whatever it asks. Row policies of
-- the server see to it, not the dashboards. Needs a user that may manage access. For company 7:
--
--   sed 's/company_1/company_7/g; s/company_id = 1/company_id = 7/' company-viewer.sql | clickhouse-client --multiquery
--
-- Then set its password (the last statement) and give it to a data source of an organisation that only those people may enter.
-- On a cluster add ON CLUSTER to each statement, and run it again with the tables' names ending in _local.

CREATE ROLE IF NOT EXISTS errata_company_viewer;

-- As in grafana.xml, for each viewer.
CREATE SETTINGS PROFILE IF NOT EXISTS errata_company_viewer SETTINGS
  readonly = 2,
  max_execution_time = 60 MAX 60,
  max_memory_usage = 2000000000 MAX 2000000000,
  max_threads = 4 MAX 4,
  max_result_rows = 100000 READONLY,
  max_result_bytes = 100000000 READONLY
  TO errata_company_viewer;

CREATE QUOTA IF NOT EXISTS errata_company_viewer KEYED BY user_name
  FOR INTERVAL 1 minute MAX queries = 3000, execution_time = 240 TO errata_company_viewer;

GRANT SELECT ON errata.errors TO errata_company_viewer;
GRANT SELECT ON errata.error_groups TO errata_company_viewer;
GRANT SELECT ON errata.error_state TO errata_company_viewer;
GRANT SELECT ON errata.group_state TO errata_company_viewer;
GRANT SELECT ON errata.group_aliases TO errata_company_viewer;
GRANT SELECT ON errata.ingest_outcomes TO errata_company_viewer;
GRANT SELECT ON errata.attempt_events TO errata_company_viewer;
GRANT SELECT ON errata.case_events TO errata_company_viewer;
GRANT SELECT ON errata.notification_events TO errata_company_viewer;
GRANT SELECT ON errata.activity TO errata_company_viewer;

CREATE USER IF NOT EXISTS errata_company_1 IDENTIFIED WITH no_password HOST NONE DEFAULT ROLE errata_company_viewer;
GRANT errata_company_viewer TO errata_company_1;

-- A policy on a table may hide it from everybody whom it does not name: so those are named as well.
CREATE ROW POLICY IF NOT EXISTS errata_everybody_else ON errata.errors, errata.error_groups, errata.error_state,
  errata.group_state, errata.group_aliases, errata.ingest_outcomes, errata.attempt_events, errata.case_events,
  errata.notification_events, errata.activity
  USING 1 TO ALL EXCEPT errata_company_viewer;

CREATE ROW POLICY IF NOT EXISTS errata_company_1 ON errata.errors, errata.error_groups, errata.error_state,
  errata.group_state, errata.group_aliases, errata.ingest_outcomes, errata.attempt_events, errata.case_events,
  errata.notification_events, errata.activity
  USING company_id = 1 TO errata_company_1;

-- Nobody can enter before this is run, with the SHA-256 of a password of your own:
-- ALTER USER errata_company_1 IDENTIFIED WITH sha256_hash BY '...' HOST ANY;
