"""The database: tables, mapping rows to values, queries, search, counters, migrations."""
